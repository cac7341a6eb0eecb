# More ways to receive, and how long a process carries what it received: through threads that execute
# and floods of others, not into who gets its number, and in a shell only for a while.
# deadline: 600
# daemon: kept
# gate: none
# case: source/passed source/fast_open source/io_uring source/flood source/thread_exec
# case: source/pid_reuse source/captured_ends
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
printf '#!/bin/sh\necho ran\n' >www/script
cp /bin/dash www/shell
serve www
export PORT=${URL##*:} PYTHONPATH=$T SAVE="printf '#!/bin/sh\necho ran\n' >program"
cat >helpers.py <<'END'
import os, signal, socket, threading, time
host, port = os.environ["HOST"], int(os.environ["PORT"])
request = b"GET /script HTTP/1.0\r\n\r\n"
def receive(connection):
    global text
    text = connection.makefile("rb").read().split(b"\r\n\r\n", 1)[1]
def download():
    connection = socket.create_connection((host, port))
    connection.sendall(request)
    receive(connection)
def write():
    with open("program", "wb") as file:
        file.write(text)
END
echo landing_filename=shell >allowlist
daemon_start --mode enforce --allowlist "$T/allowlist"

try() {
  case $WAY in *./shell*) curl -sS -O "$URL/shell" && chmod +x shell ;; esac
  case $WAY in
    'py '*) python3 -c "from helpers import *; ${WAY#py }" ;;
    *) bash -c "$WAY" ;;
  esac >out 2>&1 || fail "this doesn't work: $WAY: $(cat out)"
  chmod +x program
  check "assert_$1" ./program
}
near_and_far try <<'WAYS'
uring $HOST $PORT program
py s = socket.socket(); s.sendto(request, socket.MSG_FASTOPEN, (host, port)); receive(s); write()
py a, b = socket.socketpair(); os.fork() or (receive(socket.socket(fileno=socket.recv_fds(a, 9, 1)[1][0])), write(), os._exit(0)); s = socket.create_connection((host, port)); s.sendall(request); socket.send_fds(b, [b"-"], [s.fileno()]); os.wait()
py download(); pids = [os.fork() or signal.pause() for _ in range(300)]; write(); [os.kill(pid, 9) for pid in pids]
./shell -c "$SAVE"
thread_exec ./shell -c "$SAVE"
WAYS

# They end up with a local script.
clean() {
  if [ "$1" = blocked ]; then try runs; fi
}
near_and_far clean <<'WAYS'
py download(); threading.Thread(target=os.execlp, args=("sh", "sh", "-c", os.environ["SAVE"])).start(); time.sleep(60)
v=$(curl -sS $URL/script); sleep 11; echo "$v" > program
curl -sS -o a $URL/script; mapfile v < a; sleep 11; printf %s "${v[@]}" > program
WAYS

# What a process received goes with it: the next one with its number has nothing of it.
export HOST=$REMOTE
mkdir reused
cd reused
echo 600 >/proc/sys/kernel/pid_max
python3 -c 'from helpers import *; print(os.getpid(), flush=True); download(); write()' >pid
pid=$(cat pid)
chmod +x program
check assert_blocked ./program
rm program
for _ in $(seq 1200); do
  # It is the forked shell itself that writes: nothing is executed.
  (if [ $BASHPID = "$pid" ]; then eval "$SAVE"; fi)
  [ ! -e program ] || break
done
echo 32768 >/proc/sys/kernel/pid_max
[ -e program ] || fail "no process came by the number $pid"
chmod +x program
check assert_runs ./program
cd "$T"
daemon_stop
