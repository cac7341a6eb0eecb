# Setting linprov up under systemd, reloading it, and removing it without a trace.
# boot: systemd
# deadline: 900
. /lab/kernel/lib.sh
. /lab/kernel/service.bash

# everything FILE: all files of the system that an installation could leave, with what they hold.
everything() {
  find /etc /usr /var/lib /var/cache /run -xdev -path /var/lib/systemd -prune -o \
    -path '/run/*/*' -prune -o -printf '%p %y %m %l\n' | sort >"$T/$1"
  find /etc /usr/local -xdev -type f -exec sha256sum {} + | sort >>"$T/$1"
}

mkdir www
make_elf www/program
serve www
# As it comes: the image has it installed.
mv /usr/local/bin/linprov .
cache=$(ls -d /var/cache/linprov)
everything before

# What it would do, it doesn't do; and without a person to ask or --yes it does nothing at all.
assert_runs ./linprov setup --dry-run
grep -q 'write /etc/systemd/system/linprov.service' .out || fail "no unit planned: $(cat .out)"
assert_rc 2 ./linprov setup
grep -q -- --yes .out || fail "no hint: $(cat .out)"
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

slow_host
assert_runs ./linprov setup --yes
await_service active
assert_eq "$(systemctl is-enabled linprov)" enabled
assert_eq "$(stat -c %a /var/lib/linprov)" 700
assert_eq "$(pgrep -x linprov)" "$(main_pid)"
grep -q '^writer_process=/usr/bin/dpkg;writer_uid=0' /etc/linprov/allowlist
assert_runs linprov check
assert_runs linprov status
assert_eq "$(systemctl show linprov --property=StatusText --value)" "Observe: 1 rules, 0 marked files"
# The journal knows priorities; time and level don't stand there twice.
journalctl -u linprov -p 6..6 -o cat | grep -q '^linprov.daemon: linprov running (Observe)'
systemd-analyze verify --man=no /etc/systemd/system/linprov.service
systemd-analyze security --no-pager linprov | tail -n 1
if journalctl -b | grep -i 'ordering cycle'; then fail "the unit is part of a cycle"; fi

# The second time there is nothing to do, also when what is the administrator's was changed.
echo 'mode = "enforce"' >>/etc/linprov/config.toml
echo '# mine' >>/etc/linprov/allowlist
everything before_second
started=$(systemctl show linprov --property=ActiveEnterTimestampMonotonic --value)
assert_runs ./linprov setup --yes
assert_eq "$(cat .out)" "nothing to do"
assert_runs linprov setup
everything after_second
diff before_second after_second || fail "the second setup changed something"
assert_eq "$(systemctl show linprov --property=ActiveEnterTimestampMonotonic --value)" "$started"

# Observed, then refused: a reload is enough.
fetch program
assert_runs ./program
await_journal 'WOULD-BLOCK-EXEC target=/srv/lab/90_setup/program'
systemctl reload linprov
await_journal 'loaded 1 of 1 allowlist rules'
await_service active
assert_blocked ./program
await_journal 'BLOCKED-EXEC target=/srv/lab/90_setup/program .*\[allow: '
journalctl -u linprov -p 4..4 -o cat | grep -q BLOCKED-EXEC || fail "a block is no warning"
# A configuration with a mistake changes nothing.
echo 'mod = "observe"' >>/etc/linprov/config.toml
systemctl reload linprov
await_journal 'unknown key "mod"'
await_service active
assert_blocked ./program
sed -i '/^mod =/d' /etc/linprov/config.toml

# Hardened as it is, the service marks files wherever they lie, also on mounts that came later.
mkdir -p /mnt/late /home/user/private
chown user /home/user/private
chmod 700 /home/user/private
mount -t tmpfs tmpfs /mnt/late
for folder in /usr/bin /etc /boot /tmp /dev/shm /run /mnt/late /home/user/private; do
  fetch $folder/fetched
  await_mark $folder/fetched
  assert_blocked $folder/fetched
  rm $folder/fetched
done
umount /mnt/late
assert_runs linprov status
grep -q 'nothing was lost' .out || fail "losses: $(cat .out)"

# What a package brings may run, though it was downloaded.
mkdir -p deb/usr/bin
rm -r deb/usr/local
make_elf deb/usr/bin/packaged
dpkg-deb -b deb www/other.deb >/dev/null
fetch other.deb
dpkg -i other.deb >/dev/null
await_mark /usr/bin/packaged
assert_runs /usr/bin/packaged
dpkg -P other >/dev/null 2>&1

# Removed, nothing is left: not even the mark.
await_mark program
assert_rc 2 linprov uninstall
assert_runs linprov uninstall --dry-run
await_service active
mkdir -p "$cache" && touch "$cache/left-over"
assert_runs linprov uninstall --yes
cat .out
rm -rf "$cache" && mkdir "$cache" && rmdir "$cache"
assert_eq "$(systemctl show linprov --property=LoadState --value)" not-found
if pgrep -x linprov; then fail "it still runs"; fi
assert_runs ./program
assert_eq "$(getfattr -m security.bpf program)" ""
rmdir /home/user/private
# The package database's own files change with a package; the cache was there before setup.
everything after
diff <(grep -v '^/var/\(lib/dpkg\|cache\)' before) <(grep -v '^/var/\(lib/dpkg\|cache\)' after) ||
  fail "uninstall left something"
