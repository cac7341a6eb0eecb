# The JSON log of a real daemon follows its schema, in a file and through a reload; so does its
# state, and both say which rule decided.
# weight: 11
# deadline: 900
# kernels: 6.12 -- what user space says and does: kernels do not differ in it
. /lab/kernel/lib.sh

mkdir www
make_elf www/tool
printf '#!/bin/sh\necho ran\n' >www/script
serve www
rule="landing_filename=tool;creator_comm=curl"
printf '# mine\ncreator_uid=4242\n' >allowlist
LOG=$T/linprov.log
: >linprov.log
linprov run --mode enforce --log-level debug --log-format json --log-file "$LOG" \
  --allowlist "$T/allowlist" >stderr 2>&1 </dev/null &
DAEMON_PID=$!
await_log '"message":"linprov running \(Enforce\)\.' 150

# event NAME JQ: the last record of that event, the filter applied.
event() {
  jq -r --arg name "$1" "select(.event == \$name) | $2" "$LOG" | tail -n 1
}

curl -sS -o tool "$URL/tool"
curl -sS -o script "$URL/script"
chmod +x tool script
assert_blocked ./tool
assert_blocked bash script
bash -c "curl -sS $URL/script | sh" >.out 2>&1 || true
await_log '"kind":"pipe"'
assert_eq "$(event BLOCKED-EXEC '"\(.level) \(.target) \(.rule) \(.rule_line) \(.origin.creator)"')" \
  "warn $T/tool null null /usr/bin/curl"
token=$(event BLOCKED-EXEC .token)
[[ $(event BLOCKED-EXEC .message) == *" [allow: $token]" ]] || fail "another token in the text"
[[ $token =~ ^[0-9a-f]{8,}$ ]] || fail "the token is $token"
assert_eq "$(event BLOCKED-SCRIPT .landing_folder)" null "the landing folder of a pipe"

assert_runs linprov allow --once "$token"
assert_runs ./tool
await_log '"event":"PROVENANCE-EXEC"'
assert_eq "$(event PROVENANCE-EXEC '"\(.rule_line) \(.rule | .[0:16])"')" "null target_filename="
assert_eq "$(event ALLOWED '"\(.once) \(.by_uid) \(.token)"')" "true 0 $token"

# A reload, refused and then not; the log file has been moved away.
echo nonsense >>allowlist
daemon_reload
await_log '"event":"RELOAD-REFUSED"'
assert_eq "$(event ALLOWLIST-ERROR '"\(.allowlist) \(.line) \(.level)"')" "$T/allowlist 3 error"
printf '# mine\n\ncreator_uid=4242\n%s\n' "$rule" >allowlist
mv linprov.log first.log
kill -HUP "$DAEMON_PID"
timeout 30 bash -c 'until [ -s linprov.log ]; do sleep 0.2; done' || fail "no new log file"
LOG_MARK=0
await_log '"event":"RULES-LOADED"'
assert_eq "$(stat -c %a linprov.log)" 600 "mode of the log file"
assert_runs ./tool
await_log '"event":"PROVENANCE-EXEC"'
assert_runs ./tool

assert_runs linprov status --json
python3 /lab/kernel/json_schema.py /lab/kernel/status.schema.json <.out || fail "see above"
# Both rules match, and the first one decides.
assert_eq "$(jq -c '[.rules.loaded, .rules.used, .decisions.blocked, .tokens, .open_decisions]' .out)" \
  "[3,2,3,3,0]" "the state"
assert_eq "$(jq -r --arg rule "$rule" '.rules.hits[] | select(.rule == $rule) | .line' .out)" 4
assert_eq "$(jq -r '.marks.unpersisted, (.losses | length)' .out | tr '\n' ' ')" "0 0 "
assert_eq "$(jq -r .kernel .out)" "$LAB_RELEASE"
daemon_stop

cat first.log linprov.log >all.log
python3 /lab/kernel/json_schema.py /lab/kernel/events.schema.json <all.log || fail "see above"
for name in RULES-LOADED RUNNING LISTENING RELOADING STOPPED marked; do
  grep -q "\"event\":\"$name\"" all.log || fail "no $name in the log"
done
assert_eq "$(cat stderr)" "" "standard error"

# To standard error too; nothing else is said there.
linprov run --mode observe --log-format json --allowlist "$T/allowlist" 2>stderr </dev/null &
DAEMON_PID=$!
LOG=$T/stderr
await_log '"event":"RUNNING"' 150
log_mark
./tool >/dev/null
await_log '"event":"PROVENANCE-EXEC"'
daemon_stop
python3 /lab/kernel/json_schema.py /lab/kernel/events.schema.json <stderr || fail "see above"
