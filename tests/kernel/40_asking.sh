# The commands that ask: show, why, hashdb, status, and what soak learns.
# weight: 8
# deadline: 600
# case: lockout/observe
# kernels: 6.12 -- what user space says and does: kernels do not differ in it
. /lab/kernel/lib.sh

mkdir www
make_elf www/tool
printf 'echo script ran\n' >www/job.sh
serve www
: >allowlist
daemon_start --mode soak --log-level debug --allowlist "$T/allowlist" --soak comm,landing_filename

curl -sS -o tool "$URL/tool"
curl -sS -o job.sh "$URL/job.sh"
chmod +x tool
await_log "marked $T/tool"
await_log "marked $T/job.sh"

# Nothing is refused; what enforcement would refuse is said, and learned once.
assert_runs ./tool
await_log "PROVENANCE-EXEC target=$T/tool"
await_log "WOULD-BLOCK-EXEC target=$T/tool"
await_log 'soak: added landing_filename=tool;creator_comm=curl$'
assert_runs bash job.sh
await_log "WOULD-BLOCK-SCRIPT script=$T/job.sh name=job.sh interp=bash"
await_log 'soak: added landing_filename=job.sh;creator_comm=curl$'
assert_eq "$(sort allowlist | tr '\n' ' ')" \
  "landing_filename=job.sh;creator_comm=curl landing_filename=tool;creator_comm=curl "

# The rules are taken over, a little later: from then on the tool is permitted.
until log_mark; ./tool >/dev/null; await_log 'PROVENANCE-EXEC'; [[ $LINE == *rule=* ]]; do
  [ $SECONDS -lt 500 ] || fail "no rule in: $LINE"
done
[[ $LINE == *'rule="landing_filename=tool;creator_comm=curl"'* ]] || fail "another rule: $LINE"

# Of the two that soak learned, one has been of use since it holds.
assert_runs linprov check --unused
grep -Eq "^$T/allowlist:[12]: unused, learned by soak: landing_filename=job.sh;creator_comm=curl\$" \
  .out || fail "$(cat .out)"
grep -q '^1 of 2 rules in force have matched nothing since .*, 1 of them learned by soak$' .out ||
  fail "$(cat .out)"
assert_rc 1 linprov check --unused --strict
assert_rc 2 linprov check --unused allowlist
assert_runs bash job.sh
await_log "PROVENANCE-SCRIPT script=$T/job.sh .* rule="
assert_runs linprov check --unused --strict

assert_runs linprov show tool
grep -q "^tool: marked" .out || fail "show: $(cat .out)"
grep -q "from  *$REMOTE:" .out || fail "show has no remote: $(cat .out)"
grep -q "received by  */usr/bin/curl (curl, uid 0)" .out || fail "show: $(cat .out)"
grep -q "landed as  *$T/tool" .out || fail "show: $(cat .out)"
assert_runs linprov show --json tool /lab/bin/ran
assert_eq "$(grep -c '"marked":true' .out)/$(grep -c '"marked":false' .out)" 1/1
assert_rc 1 linprov show nothing-here

assert_runs linprov why --allowlist "$T/allowlist" tool
grep -q 'line [12] decides: landing_filename=tool;creator_comm=curl' .out || fail "$(cat .out)"
echo 'landing_filename=tool;creator_comm=wget' >other
assert_rc 1 linprov why --allowlist "$T/other" tool
grep -q 'nearest: line 1 (not met: creator_comm)' .out || fail "$(cat .out)"
assert_runs linprov why --allowlist "$T/other" /lab/bin/ran

assert_runs linprov hashdb grep 40_asking/
hash=$(awk -F'\t' -v p="$T/" '$2 == p { print $1 }' .out)
assert_runs linprov hashdb resolve "$hash"
assert_eq "$(cat .out)" "$hash	$T/"
assert_rc 1 linprov hashdb grep no-such-text
assert_rc 1 linprov hashdb resolve 0123456789abcdef

assert_runs linprov status
grep -q '^mode  *soak' .out || fail "$(cat .out)"
grep -q 'nothing was lost' .out || fail "$(cat .out)"
daemon_stop
assert_rc 5 linprov status
assert_rc 5 linprov check --unused
