# What comes through memory shared with the kernel passes no hook, nor what getsockopt(2) copies: who maps
# a socket, or asks so, is a source.
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
cat >copied.py <<'END'
import ctypes, os, select, socket, struct, sys
address, port = sys.argv[2], int(sys.argv[3])
sender = socket.create_server((address, port))
# A process of its own, as the remote has.
if os.fork() == 0:
    with sender.accept()[0] as connection:
        connection.sendall(b"#!/bin/sh\necho ran\n")
        connection.recv(1)
    os._exit(0)
receiver = socket.create_connection((address, port))
select.select([receiver], [], [])
room = ctypes.create_string_buffer(4096)
# struct tcp_zerocopy_receive: where pages would be mapped, and room for what is less than one.
asked = ctypes.create_string_buffer(struct.pack(
    "=QIIIiQiIQQII", 0, 0, 0, 0, 0, ctypes.addressof(room), len(room), 0, 0, 0, 0, 0))
size = ctypes.c_int(len(asked.raw) - 1)
libc = ctypes.CDLL(None, use_errno=True)
if libc.getsockopt(receiver.fileno(), 6, 35, asked, ctypes.byref(size)):
    sys.exit(f"getsockopt: {os.strerror(ctypes.get_errno())}")
assert room.raw.startswith(b"#!/bin/sh"), room.raw[:20]
with open(sys.argv[1], "wb") as file:
    file.write(room.value)
receiver.close()
os.wait()
END
daemon_start --mode enforce
assert_runs python3 copied.py copied 192.0.2.1 9001
assert_runs python3 copied.py local 127.0.0.1 9002
chmod +x copied local
check assert_blocked ./copied
check assert_runs ./local
assert_runs python3 ring.py mapped
assert_runs python3 ring.py unmapped
chmod +x mapped unmapped
check assert_blocked ./mapped
check assert_runs ./unmapped
daemon_stop
for file in mapped copied; do
  assert_runs ./$file
  assert_eq "$(cat .out)" ran
done
