# The store has no room: the gate and the marks don't need it, and it is written when there is room.
# weight: 9
# kernels: 6.12 -- what user space says and does: kernels do not differ in it
# case: keep/disk_full
. /lab/kernel/lib.sh

mkdir www small
make_elf www/program
make_elf local
serve www
mount -t tmpfs -o size=1m tmpfs small
echo "hash_db = \"$T/small/store.db\"" >config
daemon_start --mode enforce --config config
cat /dev/zero >small/ballast 2>/dev/null || true

curl -sS -o program "$URL/program"
chmod +x program
assert_blocked ./program
assert_runs ./local
await_log 'LOSS what=store_failed' 60
assert_blocked ./program
assert_runs linprov status
grep -q 'attempts to write to the store that failed' .out || fail "no word of it: $(cat .out)"

rm small/ballast
until linprov show --config config program 2>&1 | tee shown | grep -q "from .*$REMOTE"; do
  [ $SECONDS -lt 300 ] || fail "it doesn't come: $(cat shown)"
  sleep 0.5
done
daemon_stop
# From the store, with a daemon that knows nothing else.
daemon_start --mode enforce --config config
await_log 'took over 1 marks'
assert_blocked ./program
assert_runs ./local
# Names as well, which the batch that failed had brought.
assert_runs linprov show --config config program
grep -q "landed as  *$T/program" .out || fail "no names: $(cat .out)"
daemon_stop
