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
sys.path.append("/lab/kernel")
from bpf_call import element, open_pin

LOOKUP, UPDATE, DELETE, NEXT_KEY = 1, 2, 3, 4
[pin] = glob.glob("/sys/fs/bpf/linprov/*/*processes")
table = open_pin(pin)
assert table >= 0, os.strerror(-table)
key, value, keys = ctypes.c_uint64(), ctypes.create_string_buffer(4096), []
at_key, at_value = ctypes.addressof(key), ctypes.addressof(value)
before = 0
while element(NEXT_KEY, table, before, at_key) == 0:
    keys.append(key.value)
    before = at_key
forgotten = 0
for key.value in keys:
    if sys.argv[1] == "delete":
        forgotten += element(DELETE, table, at_key) == 0
    elif element(LOOKUP, table, at_key, at_value) == 0:
        value[0] = bytes([value.raw[0] ^ 1])  # when its owner started
        forgotten += element(UPDATE, table, at_key, at_value) == 0
print(forgotten)
END
cat >source.py <<'END'
import os, socket, subprocess, sys

def receive():
    address = os.environ["HOST"], int(os.environ["URL"].rsplit(":", 1)[1])
    with socket.create_connection(address) as source:
        source.sendall(b"GET /script HTTP/1.0\r\n\r\n")
        return source.makefile("rb").read().split(b"\r\n\r\n", 1)[1]

script = receive()
how, then = sys.argv[1:]
subprocess.run(["python3", os.environ["T"] + "/forget.py", how], check=True,
               stdout=open("forgotten", "w"))
if then == "refused":
    try:
        os.execv(os.environ["T"] + "/refused", ["refused"])
    except PermissionError:
        pass
if then == "received":
    receive()
with open("program", "wb") as file:
    file.write(script)
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
