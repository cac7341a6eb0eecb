# A program that somebody else brings is refused: who accepts a connection is a source as well.
# The same from the loopback address runs.
# deadline: 600
# daemon: kept
# gate: 6.12
# case: source/accepted
. /lab/kernel/lib.sh

make_elf local
cat >receive.py <<'END'
import os, socket, sys
server = socket.create_server((sys.argv[1], int(sys.argv[2])))
peer, _ = server.accept()
with open("program", "wb") as file:
    while data := peer.recv(65536):
        file.write(data)
END
remote_up
daemon_start --mode enforce

try() {
  local port=$((5000 + ${PWD##*/}))
  PORT=$port timeout 60 bash -euc "$WAY" &
  socat -u FILE:../local "TCP:$HOST:$port,retry=500,interval=0.1"
  wait $!
  chmod +x program
  check "assert_$1" ./program
}
near_and_far try <<'WAYS'
nc -l $HOST $PORT > program < /dev/null
socat -u TCP-LISTEN:$PORT,bind=$HOST CREATE:program
socat -u TCP-LISTEN:$PORT,bind=$HOST EXEC:'dd of=program status=none',nofork
python3 ../receive.py $HOST $PORT
nc -l $HOST $PORT < /dev/null | dd of=program status=none
WAYS
daemon_stop
