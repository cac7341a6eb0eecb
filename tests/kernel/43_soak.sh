# `linprov soak` for a person: progress on a terminal, SIGHUP, an end by itself, and then the rules
# with their hits, the broad ones pointed out, and what to do next.
# deadline: 600
# kernels: 6.12 -- what user space says and does: kernels do not differ in it
# gate: none
. /lab/kernel/lib.sh

mkdir www
make_elf www/tool
printf 'echo ran\n' >www/job
serve www
: >allowlist
printf 'allowlist = "%s/allowlist"\n' "$T" >config

# It runs on a terminal of its own, whose screen goes to a file.
LOG=$T/screen
: >screen
script -qefc "linprov soak --config config --dims creator --output proposed --duration 90s" screen \
  </dev/null >/dev/null 2>&1 &
terminal=$!
await_log 'linprov running \(Soak\)' 150
DAEMON_PID=$(pgrep -x linprov)

curl -sS -o tool "$URL/tool"
curl -sS -o job "$URL/job"
chmod +x tool
for _ in 1 2 3; do assert_runs ./tool; done
assert_runs bash job
bash -c "curl -sS $URL/job | sh" >.out
await_log 'soak: added creator_process=/usr/bin/curl'
assert_eq "$(cat proposed)" creator_process=/usr/bin/curl "what was written so far"

# A reload: what the allowlist permits from now on is not proposed.
echo 'landing_filename=job' >allowlist
kill -HUP "$DAEMON_PID"
await_log 'loaded 1 of 1 allowlist rules'
assert_runs bash job

wait "$terminal" || fail "soak ended with $?: $(tail -n 20 screen)"
DAEMON_PID=
tr '\r' '\n' <screen >said
grep -q 'of 1:30: [5-9] marked executions, 1 rules (Ctrl-C ends)' said || fail "no progress"
grep -q '^ *[4-9]  creator_process=/usr/bin/curl$' said || fail "no rule with its hits: $(cat said)"
grep -q 'the rule allows everything with that creator_process' said || fail "not pointed out"
grep -q "cat proposed >> $T/allowlist" said || fail "no next step"
grep -q 'linprov run --mode enforce' said || fail "no next step"
assert_eq "$(cat allowlist)" landing_filename=job "the allowlist, which is left alone"
assert_runs linprov check proposed
grep -q 'proposed:1:1: warning: ' .out || fail "$(cat .out)"

# What it proposes is enough.
cat proposed >allowlist
daemon_start --mode enforce --config config
assert_runs ./tool
daemon_stop
: >allowlist
daemon_start --mode enforce --config config
assert_blocked ./tool
daemon_stop
