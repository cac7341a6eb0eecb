# Only what can hold a program is marked: not devices, pipes, /proc and control groups. A new file
# that gets the number of a marked one is another file.
# weight: 4
# deadline: 600
# gate: 6.12
# case: file/unmarkable file/numbers file/shm
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
serve www
mkdir -p /sys/fs/cgroup
mountpoint -q /sys/fs/cgroup || mount -t cgroup2 none /sys/fs/cgroup
mkdir /sys/fs/cgroup/lab
daemon_start --mode enforce --log-level debug

# The same process receives, and writes to all of them.
cat >places.py <<'END'
import os
from urllib.request import urlopen
urlopen(os.environ["URL"] + "/program").read()
for path, text in [
    ("/dev/null", "x"),
    ("/dev/shm/lab", "x"),
    ("/proc/self/comm", "places"),
    ("/proc/self/oom_score_adj", "10"),
    ("/sys/fs/cgroup/lab/cgroup.procs", str(os.getpid())),
    ("/sys/fs/cgroup/cgroup.procs", str(os.getpid())),
    ("last", "x"),
]:
    with open(path, "w") as file:
        file.write(text)
END
URL=$URL python3 places.py
await_log "marked $T/last "
await_log 'marked /dev/shm/lab '
log_lacks 'marked /(dev/null|proc|sys)'
assert_runs linprov status
grep -q 'nothing was lost' .out || fail "$(cat .out)"
rm /dev/shm/lab
rmdir /sys/fs/cgroup/lab

# ext4 gives a number again at once.
curl -sS -o program "$URL/program"
chmod +x program
check assert_blocked ./program
number=$(stat -c %i program)
rm program
make_elf program
assert_eq "$(stat -c %i program)" "$number" "inode number"
check assert_runs ./program
rm program
curl -sS -o program "$URL/program"
chmod +x program
assert_eq "$(stat -c %i program)" "$number" "inode number"
check assert_blocked ./program
daemon_stop
