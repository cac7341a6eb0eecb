# Two boots in a row that end before anybody could use the machine: the third only observes, says so,
# and enforcement comes back by hand or after a good boot.
# weight: 20
# kernels: 6.12 -- what a daemon keeps of boots is the same on all
# reboots: 4
# deadline: 900
# case: lockout/boots
. /lab/kernel/lib.sh

mkdir -p www
make_elf www/program
serve www

# log_in: opens a session at a terminal and waits until the daemon has seen it.
log_in() {
  log_mark
  mkfifo end
  script -qc 'login -f user' /dev/null <end >/dev/null 2>&1 &
  exec 3>end
  await_log 'this boot is good: somebody logged in'
  echo exit >&3
  exec 3>&-
  wait $!
  rm end
}

# A power cut leaves holes in it.
rm -f "$LOG"
daemon_start --mode enforce --protect-self=false
case $LAB_BOOT in
  1)
    curl -sS -o program "$URL/program"
    chmod +x program
    await_mark program
    assert_blocked ./program
    # A crash within a boot is no second boot.
    kill -KILL "$DAEMON_PID"
    wait "$DAEMON_PID" || true
    daemon_start --mode enforce --protect-self=false
    assert_blocked ./program
    power_cut
    ;;
  2)
    await_log 'WARN .*the last boot under enforcement ended before anybody could use the machine'
    assert_blocked ./program
    assert_rc 0 linprov doctor
    power_cut
    ;;
  3)
    await_log 'ERROR .*the last 2 boots under enforcement ended before .*: this one only observes'
    await_log 'linprov running \(Observe\)'
    assert_runs ./program
    await_log "WOULD-BLOCK-EXEC target=$T/program"
    daemon_reload
    await_log 'loaded'
    assert_runs ./program
    assert_runs linprov status
    grep -q 'failed boots .*2 under enforcement' .out || fail "not shown: $(cat .out)"
    assert_runs linprov status --json
    assert_eq "$(jq -r '"\(.mode) \(.failed_boots)"' .out)" 'observe 2'
    assert_rc 1 linprov doctor
    grep -q 'the last 2 boots failed under enforcement' .out || fail "not shown: $(cat .out)"
    # Nobody has restarted it by hand.
    kill -KILL "$DAEMON_PID"
    wait "$DAEMON_PID" || true
    daemon_start --mode enforce --protect-self=false
    assert_runs ./program
    # A person decides.
    assert_runs linprov confirm
    await_log 'enforcement was confirmed by pid [0-9]+ after boots that failed'
    assert_blocked ./program
    assert_rc 0 linprov doctor
    # From here on nothing is known of this boot: it ends the day as a good one.
    daemon_stop
    daemon_start --mode enforce --protect-self=false
    assert_blocked ./program
    power_cut
    ;;
  4)
    # The third boot was good, since somebody has ended the daemon in it.
    log_lacks 'under enforcement ended'
    assert_blocked ./program
    power_cut
    ;;
  5)
    # One in a row.
    await_log 'WARN .*the last boot under enforcement'
    assert_blocked ./program
    log_in
    daemon_stop
    ;;
esac
