# Marked files come and go faster than anybody can be told of it: the kernel keeps what the store has to
# forget.
# weight: 60
# deadline: 900
# gate: none
# case: keep/gone
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
serve www
daemon_start --mode enforce --protect-self=false
curl -sS -o stays "$URL/program"
chmod +x stays
await_stored 1

cat >flood.py <<'PYTHON'
import os, sys, urllib.request
urllib.request.urlopen(sys.argv[1]).read()
os.chdir(sys.argv[2])
for i in range(9000):
    os.close(os.open("brief", os.O_WRONLY | os.O_CREAT))
    os.unlink("brief")
PYTHON
kill -STOP "$DAEMON_PID"
python3 flood.py "$URL/program" /dev/shm
kill -CONT "$DAEMON_PID"
await_log "LOSS what=events_lost"
await_stored 1
timeout 150 bash -c 'until [ "$(linprov status --json | jq .marks.unpersisted)" = 0 ]; do sleep 0.5; done' ||
  fail "$(linprov status)"
assert_eq "$(linprov status --json | jq .marks.stored)" 1 "marks after a flood"
assert_blocked ./stays
daemon_stop
