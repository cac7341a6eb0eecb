# A reload takes over a policy as a whole or not at all; bad input is named with its place.
# deadline: 600
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
