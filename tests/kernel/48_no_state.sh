# A process that is known to carry something, but whose state can't be had: all that it writes is
# marked, whatever it does in between.
# deadline: 300
# gate: none
# case: source/no_state
. /lab/kernel/lib.sh

mkdir www
printf '#!/bin/sh\necho ran\n' >www/script
serve www
# Root takes the states out of the kernel's table, which only happens without own protection.
cat >forget.py <<'END'
import ctypes, glob, os

MAP_DELETE, MAP_NEXT_KEY, OBJ_GET, BPF = 3, 4, 7, 321
libc = ctypes.CDLL(None, use_errno=True)

def bpf(command, attributes):
    result = libc.syscall(BPF, command, ctypes.byref(attributes), ctypes.sizeof(attributes))
    return result if result >= 0 else -ctypes.get_errno()

class Path(ctypes.Structure):
    _fields_ = [("path", ctypes.c_uint64), ("fd", ctypes.c_uint32), ("flags", ctypes.c_uint32)]

class Element(ctypes.Structure):
    _fields_ = [("map", ctypes.c_uint32), ("zero", ctypes.c_uint32), ("key", ctypes.c_uint64),
                ("next", ctypes.c_uint64), ("flags", ctypes.c_uint64)]

[pin] = glob.glob("/sys/fs/bpf/linprov/*/*processes")
path = ctypes.create_string_buffer(pin.encode())
table = bpf(OBJ_GET, Path(ctypes.addressof(path)))
assert table >= 0, os.strerror(-table)
key, forgotten = ctypes.c_uint64(), 0
while bpf(MAP_NEXT_KEY, Element(table, 0, 0, ctypes.addressof(key))) == 0:
    error = bpf(MAP_DELETE, Element(table, 0, ctypes.addressof(key)))
    assert error == 0, os.strerror(-error)
    forgotten += 1
print(forgotten)
END
cat >source.py <<'END'
import os, socket, subprocess, sys
with socket.create_connection((os.environ["HOST"], int(os.environ["URL"].rsplit(":", 1)[1]))) as source:
    source.sendall(b"GET /script HTTP/1.0\r\n\r\n")
    answer = source.makefile("rb").read()
subprocess.run(["python3", os.environ["T"] + "/forget.py"], check=True, stdout=open("forgotten", "w"))
if sys.argv[1] == "refused":
    try:
        os.execv(os.environ["T"] + "/refused", ["refused"])
    except PermissionError:
        pass
if sys.argv[1] == "received":
    with socket.create_connection((os.environ["HOST"], int(os.environ["URL"].rsplit(":", 1)[1]))) as source:
        source.sendall(b"GET /script HTTP/1.0\r\n\r\n")
        source.makefile("rb").read()
with open("program", "wb") as file:
    file.write(answer.split(b"\r\n\r\n", 1)[1])
END
daemon_start --mode enforce --protect-self=false
curl -sS -o refused "$URL/script"
chmod 755 refused
export T

try() {
  python3 "$T/source.py" "$WAY" || fail "this doesn't work: $WAY"
  [ "$1" = runs ] || [ "$(cat forgotten)" -gt 0 ] || fail "there was nothing to forget"
  chmod 755 program
  check "assert_$1" ./program
}
near_and_far try <<'WAYS'
written
refused
received
WAYS
daemon_stop
