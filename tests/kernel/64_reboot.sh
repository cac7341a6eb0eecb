# Marks outlive a reboot, and a power cut as soon as they are in the store; what another kernel would
# do with a file's number doesn't matter.
# weight: 13
# reboots: 2
# deadline: 600
# gate: 6.12
# case: keep/reboot keep/power
. /lab/kernel/lib.sh

mkdir -p www
make_elf www/program
serve www

case $LAB_BOOT in
  1)
    make_elf local
    daemon_start --mode enforce
    curl -sS -o program "$URL/program"
    chmod +x program
    # Attributes are written after the store.
    await_mark program
    assert_blocked ./program
    assert_runs ./local
    daemon_stop
    ;;
  2)
    assert_runs ./program
    daemon_start --mode enforce
    assert_blocked ./program
    assert_runs ./local
    curl -sS -o second "$URL/program"
    chmod +x second
    sync second
    await_mark second
    assert_blocked ./second
    power_cut
    ;;
  3)
    daemon_start --mode enforce
    assert_blocked ./program
    assert_blocked ./second
    assert_runs ./local
    assert_runs linprov show second
    grep -q "$REMOTE" .out || fail "no origin: $(cat .out)"
    daemon_stop
    ;;
esac
