# What is marked stays marked when the store, the key or the attributes are lost, or the clock jumps;
# and where nothing is left to know it by, that is said.
# kernels: 6.12 -- what user space does with files and with the store: kernels do not differ in it
# deadline: 900
# gate: none
# case: keep/no_xattrs keep/corrupt keep/key keep/clock
. /lab/kernel/lib.sh

STORE=/var/lib/linprov/store.db

mkdir www vfat small
make_elf www/program
make_elf www/permitted
serve www
modprobe loop
# Filesystems whose attributes find no room: none at all, and none left (attributes have a block).
truncate -s 32M vfat.img small.img
mkfs.vfat vfat.img >/dev/null
mke2fs -q -t ext4 -I 128 -b 1024 small.img 2>/dev/null
mount -o loop vfat.img vfat
mount -o loop small.img small
touch small/program
setfattr -n user.filler -v "$(head -c 900 /dev/zero | tr '\0' x)" small/program
printf 'landing_filename=%s;creator_process=/usr/bin/curl\n' permitted renewed >allowlist
daemon_start --mode enforce --allowlist "$T/allowlist"
for to in program vfat/program small/program; do curl -sS -o $to "$URL/program"; done
curl -sS -o permitted "$URL/permitted"
make_elf local
chmod +x program small/program permitted

# verdicts PATH…: these are refused; what is local or permitted runs.
verdicts() {
  for path; do check assert_blocked "./$path"; done
  check assert_runs ./permitted
  check assert_runs ./local
}
verdicts program vfat/program small/program
assert_runs linprov status
grep -q 'attribute: EOPNOTSUPP' .out || fail "vfat isn't counted: $(cat .out)"
grep -q 'attribute: ENOSPC' .out || fail "a full block isn't counted: $(cat .out)"
check assert_runs linprov doctor

# The clock jumps, under the daemon and over a restart.
date -s '+400 days' >/dev/null
verdicts program vfat/program small/program
curl -sS -o later "$URL/program"
chmod +x later
verdicts later
daemon_stop
assert_runs ./program
date -s '-800 days' >/dev/null
daemon_start --mode enforce --allowlist "$T/allowlist"
verdicts program later vfat/program small/program
date -s '+400 days' >/dev/null
daemon_stop

# Without its key the store's hashes would mean nothing.
rm /var/lib/linprov/key
daemon_start --mode enforce --allowlist "$T/allowlist"
await_log "the host's key was gone"
verdicts program later vfat/program small/program
assert_runs linprov show program
grep -q 'received by *  /usr/bin/curl' .out || fail "$(cat .out)"
curl -sS -o renewed "$URL/permitted"
chmod +x renewed
check assert_runs ./renewed
check assert_rc 1 linprov doctor
grep -q 'keys of this host' .out || fail "$(cat .out)"
daemon_stop

# A damaged store: what its files' attributes tell is known again. Those of before have hashes under
# the key that is lost, so no rule permits them; that of `renewed` is understood.
head -c 20000 /dev/urandom >$STORE
daemon_start --mode enforce --allowlist "$T/allowlist"
await_log 'cannot use the store .*not a database'
await_log 'marks were restored from the attributes of' 150
check assert_blocked ./program
check assert_blocked ./later
check assert_blocked ./permitted
check assert_runs ./renewed
check assert_runs ./local
assert_runs linprov show --json renewed
grep -q '"zone":"internet"' .out || fail "$(cat .out)"
# Nothing is left of those without an attribute: an open decision, and seen.
check assert_runs small/program
assert_runs linprov status --json
[[ $(cat .out) =~ \"open_decisions\":[1-9] ]] || fail "not counted: $(cat .out)"
check assert_rc 1 linprov doctor
grep -q "the store was damaged: $STORE.damaged-" .out || fail "$(cat .out)"
daemon_stop

# Gone is like damaged; what was restored is in the store by now.
daemon_start --mode enforce --allowlist "$T/allowlist"
check assert_blocked ./program
daemon_stop
rm $STORE*
daemon_start --mode enforce --allowlist "$T/allowlist"
await_log 'cannot use the store .*it was gone'
await_log 'marks were restored' 150
check assert_blocked ./program
check assert_runs ./local
daemon_stop

# All is lost, but that the host was set up: as after a reinstallation with the old disks.
rm -r /var/lib/linprov
mkdir /etc/linprov
daemon_start --mode enforce --allowlist "$T/allowlist"
await_log "no state of linprov's"
await_log 'marks were restored' 150
check assert_blocked ./program
check assert_blocked ./renewed
check assert_runs ./local
daemon_stop
umount vfat small
