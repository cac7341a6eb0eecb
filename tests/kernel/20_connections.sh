# Who receives from the network is a source, in whatever way; a connection that brought nothing
# makes none, nor does the loopback address. In each way the same process then writes a script.
# weight: 3
# deadline: 600
# daemon: kept
# gate: 6.12
# case: source/connect source/udp source/splice source/silent source/fork
. /lab/kernel/lib.sh

cat >helpers.py <<'END'
import os, select, socket

host, port = os.environ["HOST"], int(os.environ["PORT"])

def tcp(text):
    connection = socket.create_connection((host, port))
    connection.send(text)
    return connection

def udp():
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

def write():
    with open("script", "w") as file:
        file.write("#!/bin/sh\necho ran\n")
END
# It says hello to who sends a line that isn't "end", on TCP and on UDP.
cat >server.py <<'END'
import asyncio

async def serve(reader, writer):
    if await reader.readline() not in (b"", b"end\n"):
        writer.write(b"hello\n")
        await writer.drain()
    writer.close()

class Udp(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport
    def datagram_received(self, data, peer):
        self.transport.sendto(b"hello\n", peer)

async def main():
    tcp = await asyncio.start_server(serve, "0.0.0.0", 0)
    port = tcp.sockets[0].getsockname()
    await asyncio.get_running_loop().create_datagram_endpoint(Udp, local_addr=port)
    print(port[1], flush=True)
    await tcp.serve_forever()

asyncio.run(main())
END
remote_up
mkfifo ready
python3 server.py >ready &
read -r PORT <ready
export PORT PYTHONPATH=$T
daemon_start --mode enforce

try() {
  case $WAY in
    'py '*) timeout 30 python3 -c "from helpers import *; ${WAY#py }" ;;
    *) timeout 30 bash -c "$WAY; printf '#!/bin/sh\necho ran\n' >script" ;;
  esac >out 2>&1 || fail "this doesn't work: $WAY: $(cat out)"
  chmod +x script
  check "assert_$1" ./script
}

near_and_far try <<'WAYS'
exec 3<>/dev/tcp/$HOST/$PORT; echo >&3; read -r line <&3
exec 3<>/dev/udp/$HOST/$PORT; echo >&3; read -r -N 1 line <&3
py s = tcp(b"\n"); s.recv(9); write()
py s = tcp(b"\n"); s.recvmsg(9); write()
py s = tcp(b"\n"); os.read(s.fileno(), 9); write()
py s = tcp(b"\n"); s.recv(9); s.close(); os.waitpid(os.fork() or write() or os._exit(0), 0)
py s = tcp(b"\n"); a, b = os.pipe(); os.splice(s.fileno(), b, 9); write()
py f = open("script", "w"); s = tcp(b"\n"); s.recv(9); f.write("#!/bin/sh\necho ran\n")
py s = udp(); s.bind((host, 0)); s.sendto(b"\n", (host, port)); s.recvfrom(9); write()
WAYS

# They bring nothing, and are tried with the remote address only.
nothing() {
  if [ "$1" = blocked ]; then try runs; fi
}
near_and_far nothing <<'WAYS'
nc -z $HOST $PORT
exec 3<>/dev/tcp/$HOST/$PORT
exec 3<>/dev/tcp/$HOST/$PORT; echo >&3
{ : <>/dev/tcp/$HOST/1; } 2>/dev/null
py s = udp(); s.connect((host, 9)); write()
py s = tcp(b"end\n"); select.select([s], [], []); assert s.recv(9) == b""; write()
py s = tcp(b""); s.setblocking(False); s.connect_ex((host, port)); write()
WAYS
daemon_stop
