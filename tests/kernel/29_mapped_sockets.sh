# Packets that come through memory shared with the kernel pass no hook: who maps a socket is a source.
# gate: none
# case: source/mapped_receive
. /lab/kernel/lib.sh

remote_up
cat >ring.py <<'END'
import mmap, socket, struct, sys
ring = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
ring.bind(("lo", 0))
# SOL_PACKET, PACKET_RX_RING: blocks of 4096 bytes, two of them, two frames each.
ring.setsockopt(263, 5, struct.pack("4I", 4096, 2, 2048, 4))
if sys.argv[1] == "mapped":
    frames = mmap.mmap(ring.fileno(), 8192)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.sendto(b"#!/bin/sh\necho ran\n", ("192.0.2.1", 9))
    at = bytes(frames).index(b"#!/bin/sh")
    text = frames[at:at + 19]
else:
    text = b"#!/bin/sh\necho ran\n"
with open(sys.argv[1], "wb") as file:
    file.write(text)
END
daemon_start --mode enforce
assert_runs python3 ring.py mapped
assert_runs python3 ring.py unmapped
chmod +x mapped unmapped
check assert_blocked ./mapped
check assert_runs ./unmapped
daemon_stop
assert_runs ./mapped
assert_eq "$(cat .out)" ran
