# The lab itself works: the kernel is the right one and has what linprov needs, the network
# stand-in answers, and the assertions tell good from bad.
. /lab/kernel/lib.sh

assert_eq "$(uname -r)" "$LAB_RELEASE" "kernel release"
grep -qw bpf /sys/kernel/security/lsm || fail "the BPF LSM is off: $(cat /sys/kernel/security/lsm)"
grep -q ' /sys/fs/bpf bpf ' /proc/mounts || fail "bpffs is not mounted"
[ -s /sys/kernel/btf/vmlinux ] || fail "the kernel has no type information"
assert_eq "$(stat -f -c %T .)" ext2/ext3 "filesystem of \$T"
assert_eq "$(stat -f -c %T /dev/shm)" tmpfs "filesystem of /dev/shm"

# A download from the remote address runs while no daemon is there to object.
mkdir www
make_elf www/program
serve www
assert_runs curl -sS -o program "$URL/program"
assert_rc 126 ./program
chmod +x program
assert_runs ./program
assert_eq "$(cat .out)" ran
assert_eq "$(as_user user id -u)" 1000

# An assertion that doesn't hold must fail the scenario.
if (assert_runs false) 2>/dev/null; then fail "assert_runs accepts a failure"; fi
if (assert_blocked true) 2>/dev/null; then fail "assert_blocked accepts success"; fi
chmod -x program
if (assert_blocked ./program) 2>/dev/null; then fail "assert_blocked accepts EACCES"; fi

# The log helpers see what is there and only that.
log_mark
(sleep 0.5; echo "first line"; echo "second [line]") >>"$LOG" &
await_log 'second \[l' 10
assert_eq "$LINE" "second [line]"
log_lacks third
if (log_lacks first) 2>/dev/null; then fail "log_lacks misses a line"; fi
log_mark
if (await_log first 1) 2>/dev/null; then fail "await_log looks before the mark"; fi
