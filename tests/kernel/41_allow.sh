# `allow` in all its answers: once or for good, denied, no such token, not for everybody, no daemon.
# weight: 12
# deadline: 900
# kernels: 6.12 -- what user space says and does: kernels do not differ in it
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
printf '#!/bin/sh\necho ran\n' >www/script
serve www
echo "# mine
deny landing_filename=denied" >allowlist
daemon_start --mode enforce --allowlist "$T/allowlist"
for name in once always denied; do curl -sS -o $name "$URL/program"; done
curl -sS -o script "$URL/script"
chmod +x once always denied

# token_of CMD…: refused, and the token for it.
token_of() {
  log_mark
  assert_blocked "$@"
  await_log '\[allow: [0-9a-f]{8,}\]$'
  TOKEN=$(sed -E 's/.*\[allow: ([0-9a-f]+)\]$/\1/' <<<"$LINE")
}

assert_rc 1 linprov allow 0123456789abcdef
grep -q '^linprov: cannot permit 0123456789abcdef: ' .out || fail "$(cat .out)"

token_of ./once
assert_runs linprov allow --once "$TOKEN"
grep -q '^permitted until the daemon restarts: target_filename=' .out || fail "$(cat .out)"
await_log "allowed once by uid 0 \(pid [0-9]+\): target_filename=$T/once;"
assert_runs ./once
await_log "PROVENANCE-EXEC target=$T/once .* rule=\"?target_filename=$T/once"
[[ $LINE != *rule_line=* ]] || fail "a rule that stands nowhere has a line: $LINE"
assert_eq "$(wc -l <allowlist)" 2 "lines of the allowlist"

token_of ./always
assert_blocked ./always
assert_rc 5 as_user user linprov allow "$TOKEN"
assert_blocked ./always
assert_runs linprov allow "${TOKEN:0:8}"
assert_runs ./always
assert_eq "$(head -n 1 allowlist)" "# mine" "the comment"
assert_eq "$(wc -l <allowlist)" 3 "lines of the allowlist"
# Asking twice adds nothing.
assert_runs linprov allow "$TOKEN"
assert_eq "$(wc -l <allowlist)" 3 "lines of the allowlist"
assert_runs linprov why "$TOKEN"
grep -q '  line 3 decides: target_filename=' .out || fail "$(cat .out)"

# Nothing overrules a deny, so nothing is added.
token_of ./denied
assert_rc 1 linprov allow "$TOKEN"
grep -q 'line 2 refuses it.*deny landing_filename=denied' .out || fail "$(cat .out)"
assert_eq "$(wc -l <allowlist)" 3 "lines of the allowlist"

token_of bash script
assert_runs linprov allow --socket /run/linprov/control.sock "$TOKEN"
assert_runs bash script
# Both kinds stay when the file is read again.
daemon_reload
await_log 'loaded 4 of 4'
for file in once always; do assert_runs ./$file; done
daemon_stop
assert_rc 5 linprov allow "$TOKEN"
grep -q '^linprov: .*/run/linprov/control.sock' .out || fail "$(cat .out)"

daemon_start --mode enforce --allowlist "$T/allowlist"
assert_blocked ./once
assert_runs ./always
assert_runs bash script

# A rule that the kernel has no room for leaves nothing behind, or the next start would fail.
full() {
  local dims=(creator_comm=x writer_uid=1 origin_zone=lan execution_uid=4242 creator_process=/x
    landing_filename=x) shape i line
  for ((shape = 0; shape < 64; shape++)); do
    line=creator_uid=4242
    for i in "${!dims[@]}"; do ((shape >> i & 1)) && line+=";${dims[i]}"; done
    echo "$line"
  done
}
full >allowlist
cp allowlist before
daemon_reload
await_log 'loaded 64 of 64'
token_of ./once
for option in "" --once; do
  # shellcheck disable=SC2086
  assert_rc 1 linprov allow $option "$TOKEN"
  grep -q "cannot use the allowlist .*64" .out || fail "$(cat .out)"
  cmp allowlist before || fail "the allowlist was changed"
  assert_blocked ./once
done
sed -i 1d allowlist
daemon_reload
await_log 'loaded 63 of 63'
assert_runs linprov allow "$TOKEN"
assert_runs ./once
# What is in the file now is what the kernel has.
assert_runs linprov check "$T/allowlist"
daemon_reload
await_log 'loaded 64 of 64'
assert_runs ./once
assert_blocked ./denied
daemon_stop
