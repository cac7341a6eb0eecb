# Setting linprov up under systemd, again, and removing it without a trace.
# boot: systemd
# deadline: 1500
# kernels: 6.12 -- systemd, apt and files are the same on all
# gate: none
. /lab/kernel/lib.sh
. /lab/kernel/service.bash

# everything FILE: all files of the system that an installation could leave, with what they hold.
everything() {
  find /etc /usr /var/lib /var/cache /run /sys/fs/bpf -xdev -path /var/lib/systemd -prune -o \
    -path '/run/*/*' -prune -o -printf '%p %y %m %l\n' | sort >"$T/$1"
  find /etc /usr/local -xdev -type f -exec sha256sum {} + | sort >>"$T/$1"
}

mkdir www
make_elf www/program
serve www
# As it comes: the image has it installed.
mv /usr/local/bin/linprov .
everything before

# Only root may; and without a person to ask or --yes it does nothing at all.
for command in setup upgrade uninstall; do
  assert_rc 4 as_user user ./linprov $command --yes
  grep -q 'running as uid 1000' .out || fail "$command: $(cat .out)"
done
assert_rc 2 ./linprov setup --dryrun
grep -q -- --dry-run .out || fail "no suggestion: $(cat .out)"
assert_rc 2 ./linprov setup
grep -q -- --yes .out || fail "no hint: $(cat .out)"
# What it would do, it doesn't do.
assert_runs ./linprov setup --dry-run
grep -q 'write /etc/systemd/system/linprov.service' .out || fail "no unit planned: $(cat .out)"
everything now
diff before now || fail "it changed something"

# A file of a package is the package's.
mkdir -p deb/DEBIAN deb/usr/local/bin
printf 'Package: other\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: other\n' \
  >deb/DEBIAN/control
echo other >deb/usr/local/bin/linprov
dpkg-deb -b deb other.deb >/dev/null
dpkg -i other.deb >/dev/null
for command in setup upgrade uninstall; do
  assert_rc 4 ./linprov $command --yes
  grep -q 'belongs to a package.*other' .out || fail "$command: $(cat .out)"
done
assert_eq "$(cat /usr/local/bin/linprov)" other
dpkg -r other >/dev/null 2>&1

# Without the package, it sets up a service that runs, as its unit says.
slow_host
assert_runs ./linprov setup --yes
assert_eq "$(property ActiveState) $(property Type)" "active notify"
assert_eq "$(systemctl is-enabled linprov)" enabled
assert_eq "$(property WatchdogUSec)" 1min
assert_eq "$(property NoNewPrivileges) $(property CapabilityBoundingSet | wc -w)" "yes 4"
assert_eq "$(stat -c %a /var/lib/linprov)" 700
assert_eq "$(pgrep -x linprov)" "$(property MainPID)"
grep -q '^writer_process=/usr/bin/dpkg;writer_uid=0' /etc/linprov/allowlist
assert_runs linprov check
assert_runs linprov status
assert_eq "$(property StatusText)" "Observe: 4 rules, 0 marked files"
systemd-analyze verify --man=no /etc/systemd/system/linprov.service
# 10 is a service that may do everything.
exposure=$(systemd-analyze security --no-pager linprov | tail -n 1)
echo "$exposure"
[ "$(sed -E 's/.*linprov.service: ([0-9]+)\..*/\1/' <<<"$exposure")" -lt 5 ]
if journalctl -b | grep -i 'ordering cycle'; then fail "the unit is part of a cycle"; fi

# The second time there is nothing to do, also when what is the administrator's was changed.
echo 'mode = "enforce"' >>/etc/linprov/config.toml
echo '# mine' >>/etc/linprov/allowlist
everything before_second
started=$(property ActiveEnterTimestampMonotonic)
assert_runs ./linprov setup --yes
assert_eq "$(cat .out)" "nothing to do"
assert_runs linprov setup
assert_eq "$(cat .out)" "nothing to do"
everything after_second
diff before_second after_second || fail "the second setup changed something"
assert_eq "$(property ActiveEnterTimestampMonotonic)" "$started"
# What is missing comes back, and nothing else is touched.
rm /usr/local/share/man/man8/linprov.8
assert_runs linprov setup --yes
assert_eq "$(cat .out)" "write /usr/local/share/man/man8/linprov.8"

# Each example that came along is a good file, and stays apart from the rules in force.
for example in workstation developer ci server; do
  assert_runs linprov check --strict /usr/local/share/linprov/examples/$example.allow
done
assert_rc 2 linprov setup --yes --template desktop
assert_runs linprov setup --yes --template server
grep -q '^note: /etc/linprov/allowlist stays as it is; .*/examples/server.allow$' .out ||
  fail "$(cat .out)"

# Removed, nothing is left: not even the mark.
fetch program
await_mark program
assert_rc 2 linprov uninstall
assert_runs linprov uninstall --dry-run
assert_eq "$(systemctl is-active linprov)" active
assert_runs linprov uninstall --yes
assert_eq "$(property LoadState)" not-found
if pgrep -x linprov; then fail "it still runs"; fi
assert_eq "$(getfattr -m security.bpf program)" ""
everything after
# The cache, into which the image's linprov had unpacked itself, goes too; dpkg's files change.
grep -v '^/var/\(lib/dpkg\|cache/linprov\)' before >expected
diff expected <(grep -v '^/var/lib/dpkg' after) || fail "uninstall left something"

# And from the start, with the rules for a server. This time what it knows is kept.
slow_host
assert_runs ./linprov setup --yes --template server
await_service active
grep -q '^writer_process=/usr/bin/dpkg;writer_uid=0' /etc/linprov/allowlist
grep -q '^deny landing_folder=/tmp/[*] ' /etc/linprov/allowlist
assert_eq "$(stat -c '%a %U' /etc/linprov/rules.d)" "755 root"
echo 'landing_filename=mine' >/etc/linprov/rules.d/mine.allow
assert_runs linprov check --strict
grep -q ' and 1 file of rules.d: 8 rules, ' .out || fail "$(cat .out)"
fetch program
await_mark program
assert_runs linprov uninstall --yes --keep-state
assert_eq "$(property LoadState)" not-found
[ ! -e /usr/local/bin/linprov ] && [ -e /etc/linprov/config.toml ] && [ -e /var/lib/linprov/key ]
await_mark program
