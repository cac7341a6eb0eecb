# A process that carries something writes into the memory of another, or is read by it: that one carries it
# from then on.
# weight: 2
# daemon: kept
# case: source/injection
. /lab/kernel/lib.sh

mkdir www
printf '#!/bin/sh\necho ran\n' >www/script
serve www

# Waits for a signal, then writes what its buffer holds.
cat >victim.py <<'END'
import ctypes, os, signal
buffer = ctypes.create_string_buffer(64)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
with open("where.new", "w") as file:
    file.write(f"{os.getpid()} {ctypes.addressof(buffer)}\n")
os.rename("where.new", "where")
signal.sigwait([signal.SIGUSR1])
with open("program", "wb") as file:
    file.write(buffer.value)
END
# Receives, and puts it there in the way of its argument.
cat >inject.py <<'END'
import ctypes, os, sys
from urllib.request import urlopen
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long] * 4
pid, address = map(int, open("where").read().split())
text = urlopen(os.environ["URL"] + "/script").read() + b"\0"
def must(result):
    if result < 0: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
def by_mem():
    with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
        memory.seek(address)
        memory.write(text)
def by_writev():
    class Piece(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
    held = ctypes.create_string_buffer(text)
    ours = Piece(ctypes.addressof(held), len(text))
    theirs = Piece(address, len(text))
    must(libc.process_vm_writev(pid, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0))
def by_ptrace():
    must(libc.ptrace(16, pid, 0, 0))  # PTRACE_ATTACH
    os.waitpid(pid, 0x40000000)  # __WALL
    padded = text + bytes(-len(text) % 8)
    for at in range(0, len(padded), 8):
        must(libc.ptrace(5, pid, address + at, int.from_bytes(padded[at:at + 8], "little", signed=True)))
    must(libc.ptrace(17, pid, 0, 0))  # PTRACE_DETACH
globals()["by_" + sys.argv[1]]()
END
export HERE=$T
daemon_start --mode enforce

# beside OTHER SIGN runs|blocked: tries a way while the other one runs, which is ready when SIGN is there.
beside() {
  python3 "$HERE/$1" &
  local other=$!
  until [ -e "$2" ]; do read -rt 0.05 <> <(:) || true; done
  check bash -euc "$WAY"
  kill -USR1 $other
  wait $other
  chmod +x program
  check "assert_$3" ./program
}
try() {
  beside victim.py where "$1"
}
near_and_far try <<'WAYS'
python3 $HERE/inject.py mem
python3 $HERE/inject.py writev
python3 $HERE/inject.py ptrace
WAYS

# Receives, and holds it where another one reads it.
cat >holder.py <<'END'
import ctypes, os, signal
from urllib.request import urlopen
buffer = ctypes.create_string_buffer(64)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
with open("where", "w") as file:
    file.write(f"{os.getpid()} {ctypes.addressof(buffer)}\n")
buffer.raw = urlopen(os.environ["URL"] + "/script").read().ljust(64, b"\0")
os.mkdir("ready")
signal.sigwait([signal.SIGUSR1])
END
cat >peek.py <<'END'
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long] * 4
libc.ptrace.restype = ctypes.c_long
pid, address = map(int, open("where").read().split())
def by_mem():
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        memory.seek(address)
        return memory.read(64)
def by_readv():
    class Piece(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
    held = ctypes.create_string_buffer(64)
    libc.process_vm_readv(pid, ctypes.byref(Piece(ctypes.addressof(held), 64)), 1,
        ctypes.byref(Piece(address, 64)), 1, 0)
    return held.raw
def by_ptrace():
    libc.ptrace(16, pid, 0, 0)  # PTRACE_ATTACH
    os.waitpid(pid, 0x40000000)  # __WALL
    room = ctypes.create_string_buffer(64)
    for at in range(0, 64, 8):  # PTRACE_PEEKDATA, as the system call has it
        libc.syscall(101, 2, pid, ctypes.c_void_p(address + at), ctypes.byref(room, at))
    libc.ptrace(17, pid, 0, 0)  # PTRACE_DETACH
    return room.raw
text = globals()["by_" + sys.argv[1]]().rstrip(b"\0")
assert text.startswith(b"#!/bin/sh"), text
with open("program", "wb") as file:
    file.write(text)
END
peek() {
  beside holder.py ready "$1"
}
near_and_far peek <<'WAYS'
python3 $HERE/peek.py mem
python3 $HERE/peek.py readv
python3 $HERE/peek.py ptrace
WAYS

# To look at another process is nothing: what it writes afterwards is its own.
look() {
  if [ "$1" = blocked ]; then
    python3 "$HERE/victim.py" &
    local victim=$!
    until [ -e where ]; do read -rt 0.05 <> <(:) || true; done
    check bash -euc "$WAY"
    check python3 -c '
import ctypes, os
pid, address = map(int, open("where").read().split())
with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
    memory.seek(address)
    memory.write(b"#!/bin/sh\necho ran\n\0")'
    kill -USR1 $victim
    wait $victim
    chmod +x program
    check assert_runs ./program
  fi
}
near_and_far look <<'WAYS'
curl -sS -o a $URL/script; ps aux >/dev/null; cat /proc/$(cut -d' ' -f1 where)/{maps,environ,status} >/dev/null
WAYS
daemon_stop
