# Who sleeps while a digest is worked out comes back to programs that are there, whatever has happened to
# linprov meanwhile: a crash and the next daemon, other guards, a stop, a release.
# weight: 21
# deadline: 900
# boot: own
# gate: 6.12
# case: lockout/sleepers
. /lab/kernel/lib.sh

KEPT=/sys/fs/bpf/linprov_kept

# sleeper: executes what is read so slowly that a daemon can start meanwhile.
sleeper() {
  sync
  echo 3 >/proc/sys/vm/drop_caches
  echo "$DISK rbps=4194304" >"$T/cgroup/slow/io.max"
  (
    echo "$BASHPID" >"$T/cgroup/slow/cgroup.procs"
    ./large 2>/dev/null || echo refused
  ) >large.out &
  SLEEPER=$!
  timeout 120 bash -c "until [ \$(python3 $T/sleeping.py) = 1 ]; do sleep 0.1; done" ||
    fail "nobody sleeps: $(cat /proc/$SLEEPER/task/*/children | xargs -I{} cat /proc/{}/stack)"
  echo "$DISK rbps=65536" >"$T/cgroup/slow/io.max"
}
sleeping() { python3 "$T/sleeping.py"; }

# wakes VERDICT: it slept until now, and gets that, a pattern.
wakes() {
  [ -d /proc/$SLEEPER ] || fail "nobody sleeps any more: $(cat large.out)"
  echo "$DISK rbps=max" >"$T/cgroup/slow/io.max"
  wait $SLEEPER
  [[ $(cat large.out) =~ ^($1)$ ]] || fail "the sleeper's verdict: $(cat large.out), expected $1"
}

# let_go: nothing is kept soon after.
let_go() {
  timeout 60 bash -c "while [ -e $KEPT ]; do sleep 0.2; done" || fail "still kept: $(ls $KEPT)"
}

# The kernel's own count, from whatever is pinned.
cat >sleeping.py <<'END'
import ctypes, glob, os, sys
sys.path.append("/lab/kernel")
from bpf_call import READ_ONLY, element, open_pin

LOOKUP = 1
total = 0
for path in glob.glob("/sys/fs/bpf/linprov/*/map_sleepers"):
    key, value = ctypes.c_uint32(0), ctypes.c_uint64(0)
    got = table = open_pin(path, READ_ONLY)
    if table >= 0:
        got = element(LOOKUP, table, ctypes.addressof(key), ctypes.addressof(value))
    if got < 0:
        raise OSError(-got, os.strerror(-got), path)
    total += value.value
print(total)
END

mkdir www
make_elf www/program
cp www/program www/large
dd if=/dev/zero bs=1M count=64 status=none >>www/large
serve www
mkdir cgroup
mount -t cgroup2 none cgroup
echo +io >cgroup/cgroup.subtree_control
mkdir cgroup/slow
DISK=$(python3 -c 'import os; d = os.stat(".").st_dev; print(f"{os.major(d)}:{os.minor(d)}")')
printf 'sha256=%s\n' "$(sha256sum www/program | cut -d' ' -f1)" >allowlist
printf 'mode = "enforce"\nallowlist = "%s"\nprotect_self = false\n' "$T/allowlist" >config
cp config plain
printf '[guard.fileless]\npermission = "deny"\n' >>config
daemon_start --config config
for name in program large; do
  curl -sS -o $name "$URL/$name"
  chmod +x $name
done
assert_runs ./program
assert_eq "$(sleeping)" 0 sleepers

sleeper
kill -KILL "$DAEMON_PID"
wait "$DAEMON_PID" || :
daemon_start --config config
await_log 'took over'
[ -n "$(ls $KEPT)" ] || fail "nothing is kept"
wakes refused
let_go
assert_runs ./program

sleeper
cp plain config
daemon_reload
await_log 'loaded 1 of 1'
wakes refused
let_go
assert_runs ./program

sleeper
daemon_stop
[ -n "$(ls $KEPT)" ] || fail "nothing is kept"
# It began under the policy that was. From some kernel after 6.12 on, what is detached isn't called.
wakes 'refused|ran'
assert_runs ./large
daemon_start --config config
let_go

sleeper
kill -KILL "$DAEMON_PID"
wait "$DAEMON_PID" || :
assert_runs linprov release
wakes ran
assert_runs ./large
daemon_start --config config
let_go
daemon_stop
[ ! -e $KEPT ] || fail "kept: $(ls $KEPT)"
