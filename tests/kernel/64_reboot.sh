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
    # What is in memory ends with the boot, and so does its mark.
    findmnt -n -o FSTYPE -T /dev/shm | grep -qx tmpfs || fail "/dev/shm is no tmpfs"
    curl -sS -o /dev/shm/program "$URL/program"
    await_mark /dev/shm/program
    daemon_stop
    daemon_start --mode enforce
    chmod +x /dev/shm/program
    assert_blocked /dev/shm/program
    await_stored 2
    daemon_stop
    ;;
  2)
    assert_runs ./program
    daemon_start --mode enforce
    await_stored 1
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
