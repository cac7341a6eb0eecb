# A daemon that is killed leaves its gate shut; the next one takes over, and nothing marked ever runs.
# weight: 16
# cpus: 2
# gate: 6.12
# case: keep/crash keep/restart
. /lab/kernel/lib.sh

PINS=/sys/fs/bpf/linprov

# crash: kills the daemon as the kernel would when memory runs out.
crash() {
  kill -KILL "$DAEMON_PID"
  wait "$DAEMON_PID" 2>/dev/null || true
}

# trying FILE: tries a marked program all the time, until tried() says that it never ran.
trying() {
  touch trying
  (while [ -e trying ]; do if "$1" >/dev/null 2>&1; then echo ran; fi; sleep 0.05; done >ran) &
  TRIES=$!
}
tried() {
  rm trying
  wait $TRIES
  assert_eq "$(cat ran)" "" "runs of a marked program"
}

mkdir www
make_elf www/program
make_elf local
echo 'echo ran' >www/text
# It sees a program that runs.
trying ./local
timeout 60 bash -c 'until [ -s ran ]; do sleep 0.1; done' || fail "trying sees nothing"
rm trying
wait $TRIES
serve www
daemon_start --mode enforce --protect-self=false
curl -sS -o program "$URL/program"
chmod +x program
assert_blocked ./program
# What has read marked bytes, and goes on after the crash.
curl -sS -o marked "$URL/text"
mkfifo go gone
python3 -c '
data = open("marked").read()
open("go", "w").close()
open("gone").read()
open("late", "w").write(data)' &
READER=$!
cat go

# Two daemons would each enforce their own rules.
mv /run/linprov/control.sock kept.sock
assert_rc 4 linprov run --mode observe
mv kept.sock /run/linprov/control.sock
grep -q "linprov runs already (pid $DAEMON_PID)" .out || fail "no reason: $(cat .out)"
assert_blocked ./program

crash
assert_blocked ./program
assert_runs ./local
# What comes meanwhile is marked like anything else.
curl -sS -o meanwhile "$URL/program"
chmod +x meanwhile
assert_blocked ./meanwhile
# The state can be seen: what holds, and that nobody is there.
assert_rc 5 linprov status
grep -Eq '^mode +enforce \(the daemon is down' .out || fail "no mode: $(cat .out)"
assert_rc 5 linprov status --json
grep -q '"daemon":"down","mode":"enforce"' .out || fail "no JSON: $(cat .out)"
assert_rc 5 as_user user linprov status
grep -q 'permission denied' .out || fail "another reason: $(cat .out)"
# Who gets the daemon's process id is nobody special: what it brings is marked.
cat >bring <<'END'
exec 3<>"/dev/tcp/$1"
printf 'GET /program HTTP/1.0\r\n\r\n' >&3
while IFS= read -r line <&3 && [ "$line" != $'\r' ]; do :; done
read -r -N 100 <&3
printf '#!/bin/sh\necho ran\n' >"$2"
END
echo $((DAEMON_PID - 1)) >/proc/sys/kernel/ns_last_pid
bash -c '[ $$ = "$0" ] || exit 9; . ./bring' "$DAEMON_PID" "$REMOTE/${URL##*:}" impostor
bash ./bring "127.0.0.1/${URL##*:}" neighbour
chmod +x impostor neighbour
assert_blocked ./impostor
assert_runs ./neighbour

# The next one takes over. A marked program that is tried all the time never runs.
trying ./program
daemon_start --mode enforce --protect-self=false
await_log 'took over what the linprov before this one enforced'
await_log "BLOCKED-EXEC target=$T/program "
tried
assert_blocked ./program
assert_blocked ./meanwhile
assert_runs ./local
# Who read marked bytes before still carries them.
true >gone
wait $READER
assert_runs linprov show late
grep -q 'curl' .out || fail "late: $(cat .out)"
# What was marked without a daemon is in the store, and in the attribute.
assert_runs linprov show meanwhile
grep -q "$REMOTE" .out || fail "meanwhile: $(cat .out)"
[ -n "$(getfattr -m '^security.bpf.linprov' meanwhile)" ] || fail "meanwhile has no attribute"
assert_runs linprov status
grep -Eq '^marks not in the store +0$' .out || fail "unpersisted: $(cat .out)"

# One with other tables takes over what they have in common, and its gate is shut as early.
crash
curl -sS -o other "$URL/program"
chmod +x other
own=$(basename $PINS/*)
mv "$PINS/$own" "$PINS/0000000000000000_${own#*_}"
trying ./other
daemon_start --mode enforce --protect-self=false
tried
assert_eq "$(ls $PINS)" "$own"
assert_blocked ./other
assert_blocked ./meanwhile
timeout 60 bash -c 'until linprov show other | grep -q curl; do sleep 0.5; done' || fail "other isn't stored"

# Who ends it means it.
daemon_stop
[ ! -e $PINS ] || fail "pins are left: $(ls -R $PINS)"
assert_runs ./program

# A trial ends also when the daemon hangs.
daemon_start --mode enforce --protect-self=false --try 20s
assert_blocked ./program
kill -STOP "$DAEMON_PID"
BEFORE=$SECONDS
until ./program >/dev/null 2>&1; do
  [ $((SECONDS - BEFORE)) -lt 120 ] || fail "the trial doesn't end"
  sleep 0.2
done
kill -CONT "$DAEMON_PID"
await_log 'the trial was not confirmed'
crash
# What a daemon that observed leaves is what observes.
assert_runs ./program
assert_runs linprov release
[ ! -e $PINS ] || fail "pins are left: $(ls -R $PINS)"
