# The daemon is no larger after a million events than after the first hundred thousand.
# deadline: 3000
# kernels: 6.12 -- what user space does with events is the same on all
# gate: none
. /lab/kernel/lib.sh

# Fewer than the ring holds while the daemon is busy with those before.
BATCH=5000
mkdir www
make_elf www/program
serve www
daemon_start --mode enforce
curl -sS -o program "$URL/program"
# A program of its own maps it: starting one for each would take longer than what is tested.
cp /lab/bin/ran local
assert_eq "$(execloop local 10)" 0 "refused"

resident() {
  awk '/VmRSS/ { print $2 }' "/proc/$DAEMON_PID/status"
}

# events N: that many, each of which the log tells; the log doesn't grow for ever.
events() {
  local i told
  for ((i = BATCH; i <= $1; i += BATCH)); do
    : >"$LOG"
    assert_eq "$(execloop program $BATCH)" $BATCH "refused"
    told=$(timeout 120 grep -c -m $BATCH "^[^ ]* WARN [^ ]* BLOCKED-EXEC target=$T/program " \
      <(exec tail -n +1 -f --pid="$DAEMON_PID" "$LOG" 2>/dev/null) || true)
    assert_eq "$told" $BATCH "lines of the log"
    ! grep -E 'LOSS|LOST' "$LOG" || fail "events were lost"
    [ $((i % 50000)) != 0 ] || echo "$SECONDS s: $i, $(resident) KiB"
  done
}

events 100000
early=$(resident)
events 900000
late=$(resident)
echo "resident: $early KiB after 100,000 events, $late KiB after 1,000,000"
# The collector's generations: what it has freed, it needn't have given back.
[ "$late" -lt $((early + 16384)) ] || fail "it grew by $((late - early)) KiB"
[ "$late" -lt 153600 ] || fail "it takes $late KiB, expected less than 150 MiB"
daemon_stop
