# Upgrading under enforcement, by a linprov that is a download itself; the way back if it is no good.
# boot: systemd
# deadline: 1500
# kernels: 6.12 -- systemd, apt and files are the same on all
# gate: none
# case: lockout/self
. /lab/kernel/lib.sh
. /lab/kernel/service.bash

BINARY=/usr/local/bin/linprov
mkdir www
make_elf www/program
python3 /lab/kernel/repack.py $BINARY www/newer 9.9.9
# It knows its version, and can't do more than that.
python3 /lab/kernel/repack.py $BINARY www/broken 9.9.8 'if (Deno.args[0] === "run") Deno.exit(70);'
serve www
slow_host
assert_runs linprov setup --yes
echo 'mode = "enforce"' >>/etc/linprov/config.toml
reload_service
grep -q 'loaded 4 of 4' <<<"$LINE"
for file in program newer broken; do
  fetch $file
  await_mark $file
  assert_blocked ./$file
done
old=$(sha256sum <$BINARY)
pid=$(property MainPID)

# unchanged: the old one is in its place and enforces, and nothing lies about.
unchanged() {
  assert_eq "$(sha256sum <$BINARY)" "$old"
  assert_eq "$(ls -A /usr/local/bin | grep linprov)" linprov
  assert_eq "$(systemctl is-active linprov)" active
  assert_blocked ./program
}

# Nothing happens for nothing.
assert_rc 2 linprov upgrade newer
grep -q -- --yes .out || fail "no hint: $(cat .out)"
assert_rc 2 linprov upgrade --yes
grep -q 'is the installed one' .out || fail "$(cat .out)"
assert_rc 2 linprov upgrade --yes nowhere
assert_runs linprov upgrade --dry-run newer
grep -q "replace $BINARY (linprov .*) by $T/newer" .out || fail "no plan: $(cat .out)"
assert_rc 4 linprov upgrade --yes program
grep -q 'it is not linprov' .out || fail "$(cat .out)"
assert_eq "$(property MainPID)" "$pid"
unchanged

# One that doesn't start: the old one comes back.
assert_rc 4 linprov upgrade --yes broken
grep -q 'it is linprov 9.9.8' .out || fail "not tried: $(cat .out)"
grep -q 'the old one is back' .out || fail "$(cat .out)"
[ "$(property MainPID)" != "$pid" ] || fail "it was not restarted"
unchanged

# One that does.
pid=$(property MainPID)
assert_runs linprov upgrade --yes newer
grep -q 'it is linprov 9.9.9' .out || fail "$(cat .out)"
assert_eq "$(linprov --version)" "linprov 9.9.9"
assert_eq "$(ls -A /usr/local/bin | grep linprov)" linprov
assert_eq "$(systemctl is-active linprov)" active
[ "$(property MainPID)" != "$pid" ] || fail "it was not restarted"
assert_runs linprov status
grep -q 9.9.9 .out || fail "the old one still runs: $(cat .out)"
assert_eq "$(getfattr -m security.bpf $BINARY)" ""
assert_blocked ./program
assert_blocked ./newer
assert_runs linprov upgrade --yes newer
assert_eq "$(cat .out)" "nothing to do"
# Restarted by itself, it still trusts itself.
systemctl restart linprov
assert_blocked ./program
