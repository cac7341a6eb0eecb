# A process that is known to carry something, but whose state can't be had: all that it writes is
# marked, whatever it does in between.
# deadline: 300
# gate: none
# case: source/no_state
. /lab/kernel/lib.sh

mkdir www
printf '#!/bin/sh\necho ran\n' >www/script
serve www
# Root takes the states out of the kernel's table, or says that they are somebody else's, which can only
# be done without own protection.
cat >forget.py <<'END'
import ctypes, glob, os, sys

MAP_LOOKUP, MAP_UPDATE, MAP_DELETE, MAP_NEXT_KEY, OBJ_GET, BPF = 1, 2, 3, 4, 7, 321
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
key, value, keys = ctypes.c_uint64(), ctypes.create_string_buffer(4096), []
at = Element(table, 0, 0, ctypes.addressof(key))
while bpf(MAP_NEXT_KEY, at) == 0:
    keys.append(key.value)
    at = Element(table, 0, ctypes.addressof(key), ctypes.addressof(key))
element = Element(table, 0, ctypes.addressof(key), ctypes.addressof(value))
forgotten = 0
for key.value in keys:
    if sys.argv[1] == "delete":
        forgotten += bpf(MAP_DELETE, Element(table, 0, ctypes.addressof(key))) == 0
    elif bpf(MAP_LOOKUP, element) == 0:
        value[0] = bytes([value.raw[0] ^ 1])  # when its owner started
        forgotten += bpf(MAP_UPDATE, element) == 0
print(forgotten)
END
cat >source.py <<'END'
import os, socket, subprocess, sys
with socket.create_connection((os.environ["HOST"], int(os.environ["URL"].rsplit(":", 1)[1]))) as source:
    source.sendall(b"GET /script HTTP/1.0\r\n\r\n")
    answer = source.makefile("rb").read()
how, then = sys.argv[1:]
subprocess.run(["python3", os.environ["T"] + "/forget.py", how], check=True,
               stdout=open("forgotten", "w"))
if then == "refused":
    try:
        os.execv(os.environ["T"] + "/refused", ["refused"])
    except PermissionError:
        pass
if then == "received":
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
  # shellcheck disable=SC2086 # how, and what then
  python3 "$T/source.py" $WAY || fail "this doesn't work: $WAY"
  [ "$1" = runs ] || [ "$(cat forgotten)" -gt 0 ] || fail "there was nothing to forget"
  chmod 755 program
  check "assert_$1" ./program
}
near_and_far try <<'WAYS'
delete write
delete refused
delete received
disown write
disown refused
disown received
WAYS
daemon_stop
