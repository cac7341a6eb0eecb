# A real upgrade under enforcement, with no rules but those that setup wrote: bash, coreutils, libc and
# sshd come anew out of Debian's packages; then a reboot, and a login from elsewhere.
# boot: systemd
# reboots: 1
# deadline: 1500
# kernels: 6.12 -- it takes minutes, and packages are the same on all
# gate: none
# case: lockout/upgrade
. /lab/kernel/lib.sh
. /lab/kernel/service.bash

UPGRADED="/usr/bin/bash /usr/bin/ls /usr/lib/x86_64-linux-gnu/libc.so.6 /usr/sbin/sshd"

# nothing_refused: of what the upgrade brought; nor was anything spared that a rule didn't permit.
nothing_refused() {
  journalctl -u linprov -b -o cat >journal
  if grep -E 'BLOCKED-|SPARED-' journal | grep -v "$T/program"; then fail "something was refused"; fi
}

# log_in: over the network, as a user.
log_in() {
  assert_runs ssh -F client -i key "user@$REMOTE" 'set -eu; ls -l /; bash -c "echo from bash"; id -un'
  grep -qx 'from bash' .out && grep -qx user .out || fail "no login: $(cat .out)"
}

mkdir -p www
make_elf www/program
serve www

if [ "$LAB_BOOT" = 2 ]; then
  await_service active
  for file in $UPGRADED; do
    assert_runs linprov show "$file"
    grep -q 'written by  */usr/bin/dpkg ' .out || fail "the upgrade's mark is gone: $(cat .out)"
  done
  log_in
  await_journal 'PROVENANCE-EXEC target=/usr/bin/ls '
  nothing_refused
  # Services that systemd has put into mount namespaces of their own.
  systemctl --failed --no-legend --plain | tee failed
  ! grep -v e2scrub failed || fail "services failed: $(journalctl -b -p 4 -n 30 -o cat)"
  assert_eq "$(systemctl is-active systemd-logind)" active
  assert_blocked ./program
  exit
fi

ssh-keygen -q -t ed25519 -N '' -f key
install -d -m 700 -o user /home/user/.ssh
install -m 600 -o user key.pub /home/user/.ssh/authorized_keys
printf 'StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\nLogLevel ERROR\n' >client
systemctl --quiet enable --now ssh
repository
for deb in /srv/debs/*.deb; do
  name=${deb##*/}
  # A version's colon is escaped in the name, which would be escaped once more on the way.
  cp "$deb" "www/${name//%3a/-}"
  dpkg-deb -f "$deb"
  printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "${name//%3a/-}" "$(stat -c %s "$deb")" \
    "$(sha256sum <"$deb" | cut -d' ' -f1)"
done >www/Packages
grep -c ^Package: www/Packages | grep -qx 4 || fail "not four packages: $(ls /srv/debs)"

slow_host
assert_runs linprov setup --yes
sed -i 's/^#mode = .*/mode = "enforce"/' /etc/linprov/config.toml
reload_service
fetch program
assert_blocked ./program

assert_runs apt-get -q update
assert_runs env DEBIAN_FRONTEND=noninteractive \
  apt-get -q -y install --reinstall bash coreutils libc6 openssh-server
for file in $UPGRADED; do
  await_mark "$file"
done
log_in
await_journal 'PROVENANCE-EXEC target=/usr/bin/ls '
nothing_refused
assert_blocked ./program
