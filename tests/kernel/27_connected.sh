# Who was connected before linprov was there is a source; who had a connection that brought nothing
# isn't.
# weight: 4
# gate: 6.12
# case: source/connected
. /lab/kernel/lib.sh

mkdir www
printf '#!/bin/sh\necho ran\n' >www/script
serve www
export PORT=${URL##*:}

# Connects, receives when it is told to, says so, and writes a file when it gets a signal.
cat >early.py <<'END'
import os, signal, socket, sys
host, receives, name = sys.argv[1:]
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
connection = socket.create_connection((host, int(os.environ["PORT"])))
text = b"#!/bin/sh\necho ran\n"
if receives == "receives":
    connection.sendall(b"GET /script HTTP/1.0\r\n\r\n")
    text = connection.makefile("rb").read().split(b"\r\n\r\n", 1)[1]
open(name + ".ready", "w").close()
signal.sigwait([signal.SIGUSR1])
with open(name, "wb") as file:
    file.write(text)
END

pids=()
for host in 127.0.0.1 $REMOTE; do
  for way in receives waits; do
    python3 early.py $host $way $way-$host &
    pids+=($!)
    until [ -e $way-$host.ready ]; do read -rt 0.05 <> <(:) || true; done
  done
done
daemon_start --mode enforce
kill -USR1 "${pids[@]}"
wait "${pids[@]}"
chmod +x receives-* waits-*
check assert_runs ./receives-127.0.0.1
check assert_runs ./waits-127.0.0.1
check assert_runs ./waits-$REMOTE
check assert_blocked ./receives-$REMOTE
check await_log "BLOCKED-EXEC target=$T/receives-$REMOTE .* origin=.*creator=/usr/bin/python3.* remote=$REMOTE"
daemon_stop
