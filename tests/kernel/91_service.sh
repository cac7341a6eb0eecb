# linprov as a service: it enforces, reloads, comes back, and is there before the network at boot.
# boot: systemd
# reboots: 1
# deadline: 1500
# kernels: 6.12 -- systemd, apt and files are the same on all
# gate: none
# case: keep/restart lockout/upgrade
. /lab/kernel/lib.sh
. /lab/kernel/service.bash

# moment UNIT: when it was up, in microseconds since the boot.
moment() {
  property ActiveEnterTimestampMonotonic "$1"
}

if [ "$LAB_BOOT" = 2 ]; then
  # What is marked was refused at boot too, by a service that was there before everything else.
  assert_eq "$(systemctl is-active linprov)" active
  for unit in sysinit.target network-pre.target network.service network-online.target at-boot; do
    [ "$(moment $unit)" -gt "$(moment linprov)" ] ||
      fail "$unit: $(moment $unit), linprov: $(moment linprov)"
  done
  assert_eq "$(property Result at-boot) $(property ExecMainStatus at-boot)" "success 0"
  assert_eq "$(property Result marked-at-boot) $(property ExecMainStatus marked-at-boot)" \
    "exit-code 203"
  await_journal "BLOCKED-EXEC target=$T/program "
  assert_blocked ./program
  exit
fi

mkdir www
make_elf www/program
serve www
slow_host
assert_runs linprov setup --yes
# The journal knows priorities; time and level don't stand there twice.
journalctl -u linprov -p 6..6 -o cat | grep -q '^linprov.daemon: linprov running (Observe)'

# Observed, then refused: a reload is enough, for the configuration as for a rule.
fetch program
assert_runs ./program
await_journal "WOULD-BLOCK-EXEC target=$T/program"
echo 'mode = "enforce"' >>/etc/linprov/config.toml
systemctl reload linprov
await_journal 'loaded 4 of 4 allowlist rules'
assert_blocked ./program
await_journal "BLOCKED-EXEC target=$T/program .*\[allow: "
journalctl -u linprov -p 4..4 -o cat | grep -q BLOCKED-EXEC || fail "a block is no warning"
cp /etc/linprov/allowlist kept
echo "target_filename=$T/program" >>/etc/linprov/allowlist
systemctl reload linprov
await_journal 'loaded 5 of 5 allowlist rules'
assert_runs ./program
cp kept /etc/linprov/allowlist
systemctl reload linprov
await_journal 'loaded 4 of 4 allowlist rules'
assert_blocked ./program
# A configuration with a mistake changes nothing.
cp /etc/linprov/config.toml kept
sed -i 's/^mode = .*/mod = "observe"/' /etc/linprov/config.toml
systemctl reload linprov
await_journal 'unknown key "mod"'
await_service active
assert_blocked ./program
cp kept /etc/linprov/config.toml

# The journal takes JSON as well.
echo 'log_format = "json"' >>/etc/linprov/config.toml
systemctl reload linprov
await_journal '"event":"RULES-LOADED"'
assert_blocked ./program
await_journal '"event":"BLOCKED-EXEC"'
assert_eq "$(jq -r ".target + \" \" + .origin.remote" <<<"$LINE")" \
  "$T/program $REMOTE:${URL##*:}"
sed -i '/^log_format/d' /etc/linprov/config.toml
systemctl reload linprov
await_journal '^linprov.daemon: loaded 4 of 4 allowlist rules'

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

# A restart forgets nothing, and there is no moment in which a marked program runs.
printf '[Service]\nWatchdogSec=30\n' >/etc/systemd/system/linprov.service.d/watchdog.conf
systemctl daemon-reload
pid=$(property MainPID)
touch restarting
while [ -e restarting ]; do
  if ./program; then date +%s%3N; fi
  sleep 0.05
done >times 2>/dev/null &
systemctl restart linprov
rm restarting
wait $!
assert_eq "$(systemctl is-active linprov)" active
[ "$(property MainPID)" != "$pid" ] || fail "it is the same process"
assert_blocked ./program
assert_eq "$(cat times)" "" "a marked program ran while it restarted"
journalctl -u linprov -o cat | grep -q 'linprov restarts: what it enforces stays'
journalctl -u linprov -o cat | grep -q 'took over what the linprov before this one enforced'

# One that hangs is ended by the watchdog, and comes back; meanwhile the gate is shut.
# From PID 1, whom own protection lets.
systemctl kill --signal=STOP linprov
# More is marked than the ring holds (see 61_overload), and finds its file all the same.
curl -sS -o data "$URL/program"
deep=$(printf "/%.0s$(printf 'd%.0s' {1..200})" {1..14})
mkdir -p "many$deep"
python3 -c '
data = open("data", "rb").read(100)
for i in range(2000): open(f"many'"$deep"'/{i}", "wb").write(data)'
until [ "$(property NRestarts)" != 0 ]; do
  assert_blocked ./program
  sleep 0.5
done
await_service active
journalctl -u linprov _PID=1 -o cat | grep -q 'Watchdog timeout' || fail "not by the watchdog"
assert_blocked ./program
end=$((SECONDS + 300))
until [ "$(getfattr -R -m '^security.bpf.linprov' many | grep -c '^# file: ')" = 2000 ]; do
  [ $SECONDS -lt $end ] || fail "not all have their attribute: $(linprov status)"
  sleep 1
done
rm /etc/systemd/system/linprov.service.d/watchdog.conf

# The rescue: with this on the kernel command line it doesn't start; the next boot is without.
systemctl daemon-reload
systemctl stop linprov
echo 'quiet linprov.mode=off' >cmdline
mount --bind cmdline /proc/cmdline
systemctl start linprov
umount /proc/cmdline
assert_eq "$(property ConditionResult) $(property ActiveState)" "no inactive"
assert_runs ./program

# For the next boot: services of every day, one of them marked, and one that makes the network.
make_elf local
boot_service() {
  printf '[Unit]\n%s\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=%s\n' "$3" "$2" \
    >"/etc/systemd/system/$1.service"
  systemctl --quiet add-wants multi-user.target "$1.service"
}
boot_service at-boot "$T/local" ''
boot_service marked-at-boot "$T/program" ''
boot_service network "$T/local" 'DefaultDependencies=no
After=network-pre.target
Before=network.target network-online.target'
systemctl --quiet add-wants multi-user.target network-online.target
