# The daemon runs out of memory, is killed while it stores what it marked, and its store becomes
# read-only: what is marked stays refused, and all of it is in the store in the end.
# deadline: 1200
# gate: none
# case: keep/crash keep/disk_full
. /lab/kernel/lib.sh

GROUP=/sys/fs/cgroup/bad_moments
FILES=1000
mkdir www state
make_elf www/program
make_elf local
serve www
modprobe loop
truncate -s 64M state.img
mkfs.ext4 -q state.img
mount -o loop,errors=remount-ro state.img state
echo "hash_db = \"$T/state/store.db\"" >config
mountpoint -q /sys/fs/cgroup || mount -t cgroup2 none /sys/fs/cgroup
echo +memory >/sys/fs/cgroup/cgroup.subtree_control
mkdir $GROUP

# start: a daemon in a group of its own. Own protection is on: neither way to end it is a signal.
start() {
  echo max >$GROUP/memory.max
  log_mark
  (echo $BASHPID >$GROUP/cgroup.procs && exec linprov run --mode enforce --config config) \
    >>"$LOG" 2>&1 </dev/null &
  DAEMON_PID=$!
  await_log 'linprov running \(' 150
}

# killed: waits until it is.
killed() {
  wait "$DAEMON_PID" 2>/dev/null || true
  grep -q '^populated 0' $GROUP/cgroup.events || fail "it isn't dead"
}

verdicts() {
  assert_blocked ./program
  assert_runs ./local
}

# in_store: how many marks are; nothing while it can't be asked.
in_store() {
  linprov status 2>/dev/null | sed -nE "s/^marks in the store +([0-9]+)\$/\\1/p"
}

start
curl -sS -o program "$URL/program"
chmod +x program
verdicts

# Out of memory.
echo 8M >$GROUP/memory.max
killed
grep -q '^oom_kill [1-9]' $GROUP/memory.events || fail "it wasn't the memory: $(cat $GROUP/memory.events)"
verdicts
curl -sS -o meanwhile "$URL/program"
chmod +x meanwhile
assert_blocked ./meanwhile
start
await_log 'took over what the linprov before this one enforced'
verdicts
assert_blocked ./meanwhile

# In the middle of a batch.
mkdir many
curl -sS -o data "$URL/program"
python3 -c '
data = open("data", "rb").read(100)
for i in range('$FILES'): open(f"many/{i}", "wb").write(data)'
until [ "$(in_store)" -gt 3 ] 2>/dev/null; do [ -d "/proc/$DAEMON_PID" ] || fail "the daemon ended"; done
echo 1 >$GROUP/cgroup.kill
killed
verdicts
start
until [ "$(in_store)" = $((FILES + 3)) ]; do
  [ $SECONDS -lt 900 ] || fail "the store has $(in_store) marks, expected $((FILES + 3))"
  sleep 1
done
assert_eq "$(getfattr -R -m '^security.bpf.linprov' many | grep -c '^# file: ')" $FILES "attributes"
verdicts

# The store's filesystem has an error and can be read, and no more.
echo 1 >"/sys/fs/ext4/$(basename "$(findmnt -no SOURCE state)")/trigger_fs_error"
curl -sS -o later "$URL/program"
chmod +x later
await_log 'LOSS what=store_failed' 60
assert_blocked ./later
verdicts
assert_runs linprov status
grep -q 'attempts to write to the store that failed' .out || fail "no word of it: $(cat .out)"
echo 1 >$GROUP/cgroup.kill
killed
umount state
e2fsck -fy state.img >/dev/null || [ $? = 1 ] || fail "the filesystem can't be mended"
mount -o loop state.img state
start
until [ "$(in_store)" = $((FILES + 4)) ]; do
  [ $SECONDS -lt 1100 ] || fail "the store has $(in_store) marks, expected $((FILES + 4))"
  sleep 1
done
assert_blocked ./later
verdicts
daemon_stop
umount state
