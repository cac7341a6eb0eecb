# A reload takes over a policy as a whole or not at all; bad input is named with its place.
# deadline: 600
# gate: none
# case: lockout/policy
# kernels: 6.12 -- the tables of rules and zones, which are the same on all
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
serve www

# At the first start there are no old rules to keep: a bad allowlist, configuration or flag ends it.
printf '# mine\ncreator_comm=curl\nlanding_foldr=/tmp/\n' >bad
assert_rc 3 linprov run --allowlist "$T/bad"
grep -q 'bad: 3:1: .*landing_foldr' .out || fail "no place or name: $(cat .out)"
grep -q 'landing_folder' .out || fail "no suggestion: $(cat .out)"
echo 'mod = "enforce"' >config
assert_rc 3 linprov run --config "$T/config"
grep -q 'config: line 1: unknown key "mod"' .out || fail "no key: $(cat .out)"
grep -q 'did you mean "mode"' .out || fail "no suggestion: $(cat .out)"
assert_rc 2 linprov run --mod enforce
grep -q -- '--mode' .out || fail "no suggestion: $(cat .out)"
assert_rc 3 linprov run --allowlist "$T/no-such-file"
mkdir -m 777 -p open/rules.d
: >open/allowlist
chmod 777 open/rules.d
assert_rc 3 linprov run --allowlist "$T/open/allowlist"
grep -q "^chmod go-w $T/open/rules.d" .out || fail "no hint: $(cat .out)"
assert_rc 1 linprov check "$T/bad"

echo 'creator_comm=curl' >allowlist
daemon_start --mode enforce --allowlist "$T/allowlist"
curl -sS -o program "$URL/program"
chmod +x program
assert_runs ./program

# A bad line: the old rule still permits.
printf 'creator_comm=wget\ncreator_uid=many\n' >allowlist
daemon_reload
await_log 'SIGHUP received — reloading allowlist from'
await_log 'allowlist:2:13: .*many'
await_log 'the old rules stay'
assert_runs ./program

# The same without the bad line: nothing of the old rules is left.
echo 'creator_comm=wget' >allowlist
daemon_reload
await_log 'loaded 1 of 1'
assert_blocked ./program

# Files beside the allowlist belong to it, after it and by their names; whoever can write one could
# permit anything, so such a file is refused, and nothing of the policy is taken over.
mkdir rules.d
echo 'landing_filename=program # reason="the site" by=admin' >rules.d/20-site.allow
printf '# none\n\ncreator_comm=sh # expires=2020-01-01\n' >rules.d/10-more.allow
echo 'landing_filename=program' >rules.d/ignored
daemon_reload
await_log "loaded 2 of 3 allowlist rules from $T/allowlist, $T/rules.d/10-more.allow, $T/rules.d/20-site.allow"
assert_runs ./program
await_log "rule_line=1 rule_file=$T/rules.d/20-site.allow "
assert_runs linprov why --allowlist "$T/allowlist" program
grep -q "line 1 of $T/rules.d/20-site.allow decides: .* # reason=\"the site\" by=admin" .out ||
  fail "$(cat .out)"
assert_runs linprov status
grep -q '20-site.allow:1 .*# reason="the site" by=admin' .out || fail "$(cat .out)"
printf 'allowlist = "%s"\n' "$T/allowlist" >all
assert_runs linprov check --config all
grep -q '^.*/rules.d/10-more.allow:3:1: warning: the rule ended with 2020-01-01' .out ||
  fail "$(cat .out)"

echo 'creator_uid=0;deny' >rules.d/30-bad.allow
daemon_reload
await_log "$T/rules.d/30-bad.allow:1:19: "
await_log 'the old rules stay'
assert_rc 1 linprov check --config all
assert_rc 3 linprov why --allowlist "$T/allowlist" program
echo 'deny creator_uid=0' >rules.d/30-bad.allow
chmod 666 rules.d/30-bad.allow
daemon_reload
await_log "cannot use the rules $T/rules.d/30-bad.allow: others may write it .*the old"
chmod 644 rules.d/30-bad.allow
chown user rules.d/30-bad.allow
daemon_reload
await_log "cannot use the rules $T/rules.d/30-bad.allow: it belongs to uid 1000.*the old"
assert_runs ./program
chown root rules.d/30-bad.allow
daemon_reload
await_log 'loaded 3 of 4'
assert_blocked ./program
await_log "BLOCKED-EXEC .* rule_line=1 rule_file=$T/rules.d/30-bad.allow .*allow: [0-9a-f]+"
token=$(sed -E 's/.*allow: ([0-9a-f]+).*/\1/' <<<"$LINE")
assert_rc 1 linprov allow "$token"
grep -q "line 1 of $T/rules.d/30-bad.allow refuses it" .out || fail "$(cat .out)"
rm -r rules.d
daemon_reload
await_log 'loaded 1 of 1 allowlist rules from [^ ]*/allowlist$'
assert_blocked ./program

# A rule ends with its last day, also when the clock is set while linprov runs, and comes back when
# that was a mistake; who asks is told when, why and by whom.
tomorrow=$(date -u -d tomorrow +%F)
echo "creator_comm=curl # expires=$tomorrow reason=trial by=anna" >allowlist
daemon_reload
await_log 'loaded 1 of 1'
assert_runs ./program
await_log "PROVENANCE-EXEC .*# expires=$tomorrow reason=trial by=anna"
# await_change COMMAND…: it has come to that.
await_change() {
  local tries=0
  until "$@" >.out 2>&1; do
    [ $((tries++)) -lt 300 ] || fail "'$*' never held"
    sleep 0.1
  done
}
ends_refused() { ! ./program; }
date -s '+3 days' >/dev/null
await_change ends_refused
assert_blocked ./program
assert_rc 1 linprov why --allowlist "$T/allowlist" program
grep -q "nearest: line 1 (it ended with $tomorrow): .* reason=trial by=anna" .out || fail "$(cat .out)"
assert_runs linprov status
grep -q '^rules in force  *0 of 1,' .out || fail "$(cat .out)"
assert_runs linprov check --config all
grep -q "warning: the rule ended with $tomorrow (reason: trial, by anna)" .out || fail "$(cat .out)"
daemon_reload
await_log 'loaded 0 of 1'
assert_blocked ./program
date -s '-3 days' >/dev/null
await_change ./program
assert_runs ./program
echo 'creator_comm=wget' >allowlist
daemon_reload
await_log 'loaded 1 of 1'
assert_blocked ./program

# Rules that nothing matches are listed, over several pages of the socket.
mkdir rules.d
few='target_filename=/opt/app/bin/tool%.0f;creator_process=/usr/bin/curl'
seq -f "$few" 2500 >rules.d/many.allow
daemon_reload
await_log 'loaded 2501 of 2501'
assert_runs linprov check --unused
assert_eq "$(grep -c ': unused: ' .out)" 2501 "unused rules"
assert_eq "$(grep -c "^$T/rules.d/many.allow:2500: unused: .*/tool2500;" .out)" 1 "the last one"

# A hundred thousand rules; how long they take is told, not tested: the machine is emulated.
(seq -f "$few" 100000 && echo 'landing_filename=program') >rules.d/many.allow
began=$(date +%s%3N)
daemon_reload
await_log 'loaded 100002 of 100002' 300
echo "100,002 rules were in force after $(($(date +%s%3N) - began)) ms"
assert_runs ./program
await_log "rule_line=100001 rule_file=$T/rules.d/many.allow"
rm -r rules.d
daemon_reload
await_log 'loaded 1 of 1'
assert_blocked ./program

# Permitting what was blocked: by its token, once or for good.
await_log 'BLOCKED-EXEC .*allow: [0-9a-f]+'
token=$(sed -E 's/.*allow: ([0-9a-f]+).*/\1/' <<<"$LINE")
assert_rc 1 linprov allow 0123456789abcdef
assert_rc 1 linprov why "$token"
grep -q "creator_comm=curl" .out || fail "$(cat .out)"
assert_runs linprov allow --once "$token"
assert_runs ./program
assert_eq "$(cat allowlist)" "creator_comm=wget"
assert_runs linprov allow "$token"
assert_eq "$(wc -l <allowlist)" 2 "lines of the allowlist"
assert_runs ./program
daemon_stop
assert_rc 5 linprov allow "$token"
