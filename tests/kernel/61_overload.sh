# More is marked than the ring buffer holds, while the daemon hangs: every mark is kept all the same.
# kernels: 6.12 -- the ring and the tables are the same on all
# gate: none
# case: keep/overload
. /lab/kernel/lib.sh

# A record is as long as its path: 2,000 of these are more than the ring's 4 MiB.
DEEP=$(printf "/%.0s$(printf 'd%.0s' {1..200})" {1..14})
mkdir -p www "many$DEEP"
make_elf www/program
make_elf "many$DEEP/local"
serve www
daemon_start --mode enforce --protect-self=false
curl -sS -o marked "$URL/program"

kill -STOP "$DAEMON_PID"
python3 -c '
data = open("marked", "rb").read(100)
for i in range(2000): open(f"many'"$DEEP"'/{i}", "wb").write(data)'
last=many$DEEP/1999
cp marked "$last"
chmod +x "$last"
# The kernel needs nobody to decide, or to mark.
assert_blocked "$last"
assert_runs "many$DEEP/local"
log_mark
kill -CONT "$DAEMON_PID"
await_log 'LOSS what=events_lost' 120
# An emulated machine writes some hundred marks a second.
until [ "${stored:-0}" -ge 2001 ]; do
  [ $SECONDS -lt 800 ] || fail "the store has $stored marks"
  # It may have no time for an answer at first: an emulated machine is slow.
  linprov status >.out 2>&1 || true
  stored=$(sed -nE 's/^marks in the store +([0-9]+)$/\1/p' .out)
done
grep -Eq '^marks not in the store +0$' .out || fail "unpersisted: $(cat .out)"
assert_eq "$(getfattr -R -m '^security.bpf.linprov' many | grep -c '^# file: ')" 2000 "attributes"
assert_blocked "$last"
assert_runs linprov show "$last"
daemon_stop

# They come back from the store.
daemon_start --mode enforce
await_log "took over $stored marks"
assert_blocked "$last"
