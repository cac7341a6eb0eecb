# While linprov enforces, nobody but linprov touches its state, pins, maps and process: root's own tools
# are refused and told of, the same on other files works, linprov's own commands do, and it all ends by
# `linprov release` when the daemon was killed.
# weight: 15
# deadline: 900
# gate: 6.12
# case: keep/self lockout/release
. /lab/kernel/lib.sh

STATE=/var/lib/linprov
PINS=/sys/fs/bpf/linprov

# refused WHAT OP CMD…: EPERM, and the log says why.
refused() {
  local what=$1 op=$2
  shift 2
  assert_refused "WARN linprov.event: GUARDED what=$what op=$op .*pid=[0-9]+ comm=[^ ]+ uid=0" "$@"
}

# config TEXT: has the daemon take it over.
config() {
  printf '%s\n' 'mode = "enforce"' "allowlist = \"$T/allowlist\"" "$1" >config
}

# crash: ends the daemon by what asks no hook: a control group.
crash() {
  echo "$DAEMON_PID" >/sys/fs/cgroup/crash/cgroup.procs
  echo 1 >/sys/fs/cgroup/crash/cgroup.kill
  wait "$DAEMON_PID" 2>/dev/null || true
}

cat >calls.py <<'END'
import ctypes, os, struct, sys
sys.path.append("/lab/kernel")
from bpf_call import READ_ONLY, bpf, open_pin

libc = ctypes.CDLL(None, use_errno=True)

def ids(command):
    number = 0
    while True:
        got, raw = bpf(command, struct.pack("<I", number))
        if got < 0:
            return
        number, = struct.unpack_from("<I", raw, 4)
        yield number

def name_of(fd):
    info = ctypes.create_string_buffer(256)
    bpf(15, struct.pack("<IIQ", fd, 88, ctypes.addressof(info)))
    return info.raw[24:40].split(b"\0")[0].decode()

def end(got):
    if got < 0:
        sys.exit(os.strerror(-got))
    print("done")

what, *rest = sys.argv[1:]
if what == "get":  # a pinned map
    end(open_pin(rest[0], READ_ONLY if rest[1:] == ["read"] else 0))
if what in ("map", "pin"):  # the map of a name, by its number
    for number in ids(12):
        fd, _ = bpf(14, struct.pack("<III", number, 0, READ_ONLY))
        if fd >= 0 and name_of(fd) == rest[0]:
            if what == "map":
                end(bpf(14, struct.pack("<III", number, 0, 0))[0])
            path = ctypes.create_string_buffer(rest[-1].encode())
            end(bpf(6, struct.pack("<QII", ctypes.addressof(path), fd, 0))[0])
            sys.exit()
    sys.exit("no such map")
if what == "programs":  # every program that there is, by its number
    got = [bpf(13, struct.pack("<I", number))[0] for number in ids(11)]
    print(len([each for each in got if each >= 0]), "programs")
    end(min(got))
if what == "detach":  # every link, in both ways
    for number in ids(31):
        fd, _ = bpf(30, struct.pack("<I", number))
        assert fd >= 0, os.strerror(-fd)
        print(bpf(34, struct.pack("<I", fd))[0], bpf(29, struct.pack("<III", fd, 0, 0))[0])
if what == "own":  # a map of one's own, written to by its number
    fd, _ = bpf(0, struct.pack("<IIIII", 2, 4, 4, 1, 0))
    info = ctypes.create_string_buffer(256)
    bpf(15, struct.pack("<IIQ", fd, 88, ctypes.addressof(info)))
    end(bpf(14, info.raw[4:8])[0])
if what == "ptrace":
    got = libc.ptrace(ctypes.c_long(16), ctypes.c_long(int(rest[0])), None, None)
    end(-ctypes.get_errno() if got < 0 else got)
if what == "thread":  # a signal to the last of its threads
    threads = sorted(map(int, os.listdir(f"/proc/{rest[0]}/task")))
    assert len(threads) > 1
    got = libc.syscall(234, int(rest[0]), threads[-1], int(rest[1]))
    end(-ctypes.get_errno() if got < 0 else got)
if what == "truncate":
    os.truncate(rest[0], 0)
if what == "tmpfile":
    os.open(rest[0], os.O_TMPFILE | os.O_WRONLY)
if what == "mem":
    open(f"/proc/{rest[0]}/mem", "r+b")
if what == "flood":
    for _ in range(3000):
        try:
            os.unlink(rest[0])
        except PermissionError:
            pass
END
calls="python3 $T/calls.py"

append() {
  echo x >>"$1"
}
export -f append

# acts DO FOLDER: what one may do with a folder that has the files key and store.db: `DO OP CMD…` for each.
acts() {
  local folder=$2
  "$1" create touch "$folder/new"
  "$1" mkdir mkdir "$folder/folder"
  "$1" symlink ln -s key "$folder/symlink"
  "$1" link ln "$folder/key" "$T/linked"
  "$1" link ln "$T/local" "$folder/link"
  "$1" mknod mkfifo "$folder/fifo"
  "$1" open $calls tmpfile "$folder"
  "$1" open bash -c "append $folder/store.db"
  "$1" open dd if=/dev/zero "of=$folder/key" bs=1 count=1 conv=notrunc
  "$1" truncate $calls truncate "$folder/store.db"
  "$1" chmod chmod 644 "$folder/key"
  "$1" chown chown user "$folder/key"
  "$1" setxattr setfattr -n user.mine -v 1 "$folder/key"
  "$1" rename mv "$folder/key" "$folder/yek"
  "$1" rename mv "$T/local" "$folder/key"
  "$1" chmod chmod 755 "$folder"
  "$1" mount mount --bind "$T/empty" "$folder"
}
on_state() {
  check refused state "$@"
}
on_other() {
  # What the act before has changed doesn't matter.
  mkdir -p other
  [ -e other/key ] || echo key >other/key
  [ -e other/store.db ] || echo store >other/store.db
  [ -e local ] || make_elf local
  check assert_runs "${@:2}"
}

mkdir -p www empty
make_elf www/program
make_elf local
: >allowlist
serve www
mountpoint -q /sys/fs/cgroup || mount -t cgroup2 none /sys/fs/cgroup
mkdir -p /sys/fs/cgroup/crash
config ''
daemon_start --config "$T/config" --log-level debug
await_log 'own protection: on'
curl -sS -o program "$URL/program"
chmod +x program
assert_blocked ./program

## The state
acts on_state $STATE
check refused state unlink rm -f $STATE/key
check refused state rename mv $STATE "$T/moved"
check refused state rename mv /var/lib "$T/moved"
check refused state unlink rm -rf $STATE
# A program of the same name is another one.
cp "$(command -v rm)" linprov
check refused state unlink ./linprov -f $STATE/store.db
check assert_rc 1 as_user user rm -f $STATE/key
check assert_rc 1 as_user user touch $STATE/new
acts on_other "$T/other"
umount other
check assert_runs rm -rf other
# What a service manager does at each start, and backups.
check assert_runs chmod 700 $STATE
check assert_runs tar cf state.tar -C $STATE .
check assert_runs python3 -c '
import sqlite3
store = sqlite3.connect("file:/var/lib/linprov/store.db?mode=ro", uri=True)
print(store.execute("select count(*) from marks").fetchone())'

## The pins
own=$(echo $PINS/*)
check refused pin unlink rm "$own/link_file_open"
check refused pin unlink rm -rf $PINS
# So many that the rest of this second has no lines.
sleep 1.1
check refused pin rename mv "$own/link_file_open" "$own/link"
check refused pin rename mv "$own" $PINS/0
check refused pin rename mv $PINS /sys/fs/bpf/other
check refused pin mkdir mkdir $PINS/new
check refused pin create $calls pin config "$own/again"
check refused pin chmod chmod 755 $PINS
check refused pin mount mount -t tmpfs none /sys/fs/bpf
check refused pin umount umount /sys/fs/bpf
check refused pin umount umount -l /sys/fs/bpf
check assert_rc 1 as_user user rm -rf $PINS
check assert_runs mkdir /sys/fs/bpf/other
check assert_runs $calls pin config /sys/fs/bpf/other/map
check assert_runs rm -r /sys/fs/bpf/other
# A container's mounts hide nothing from the host.
check assert_runs unshare -m bash -c "mount -t tmpfs none $STATE && umount /sys/fs/bpf"

## Maps and programs
refused map open $calls get "$own/map_config"
grep -q 'target=config ' <<<"$LINE" || fail "no target: $LINE"
check assert_runs $calls get "$own/map_config" read
check refused map open $calls map config
check refused map open $calls map rules
check refused program open $calls programs
check assert_runs $calls own
# The kernel detaches no such link.
check assert_runs $calls detach
[ "$(wc -l <.out)" -gt 20 ] || fail "no links: $(cat .out)"
if grep -q '^0 \| 0$' .out; then fail "detached: $(cat .out)"; fi

## The process
for signal in KILL STOP QUIT USR1 SEGV RTMIN; do
  check refused process kill kill -$signal "$DAEMON_PID"
done
check refused process kill $calls thread "$DAEMON_PID" 9
check refused process ptrace $calls ptrace "$DAEMON_PID"
OTHERWISE='Permission denied' check refused process ptrace $calls mem "$DAEMON_PID"
check refused process rlimit prlimit --pid "$DAEMON_PID" --nofile=3
check refused process nice renice -n 5 -p "$DAEMON_PID"
check refused process scheduler chrt -b -p 0 "$DAEMON_PID"
check assert_rc 1 as_user user kill -KILL "$DAEMON_PID"
check assert_runs kill -0 "$DAEMON_PID"
check assert_runs kill -CONT "$DAEMON_PID"
sleep 1000 &
other=$!
check assert_runs prlimit --pid $other --nofile=3
check assert_runs renice -n 5 -p $other
check assert_runs chrt -b -p 0 $other
check assert_runs $calls ptrace $other
check assert_runs kill -KILL $other

## A flood fills no log, and all of it is counted.
log_mark
before=$(linprov status --json | jq .self.refused.state)
check assert_runs $calls flood $STATE/key
# The next second has lines again.
sleep 1.1
check assert_blocked rm -f $STATE/key
await_log 'GUARDED what=state op=unlink .* unlogged=[0-9]+$'
tail -n "+$((LOG_MARK + 1))" "$LOG" | grep GUARDED >.lines
lines=$(wc -l <.lines)
unlogged=$(sed -n 's/.* unlogged=//p' .lines | awk '{ sum += $1 } END { print sum + 0 }')
# However slow the machine: it would need half a minute to get all of them into the log.
[ "$lines" -lt 2000 ] || fail "$lines lines of a flood of 3000"
[ $((lines + unlogged)) -ge 3001 ] || fail "$lines lines and $unlogged unlogged of 3001 attempts"
assert_eq "$(linprov status --json | jq .self.refused.state)" $((before + 3001)) "attempts counted"

## linprov itself goes on, and its commands work.
assert_runs linprov status
grep -Eq '^own protection +on: [0-9]+ refused \(state [0-9]+, pin [0-9]+, map [0-9]+, program [0-9]+, process [0-9]+\)$' .out ||
  fail "not shown: $(cat .out)"
grep -q 'nothing was lost' .out || fail "losses: $(cat .out)"
assert_runs linprov show program
assert_runs linprov hashdb grep curl
assert_blocked ./program
curl -sS -o second "$URL/program"
chmod +x second
assert_blocked ./second
await_log "marked $T/second"
check assert_rc 1 linprov release
grep -q "a daemon runs (pid $DAEMON_PID)" .out || fail "another reason: $(cat .out)"
grep -q 'systemctl stop linprov' .out || fail "no way out: $(cat .out)"
check assert_rc 4 as_user user linprov release

## The configuration turns it off, and on again.
config 'protect_self = false'
daemon_reload
await_log 'WARN .*own protection: off'
await_log 'loaded 0 of 0'
check assert_runs touch $STATE/new
check assert_runs rm $STATE/new
check assert_runs $calls get "$own/map_config"
check assert_runs $calls programs
check assert_runs kill -STOP "$DAEMON_PID"
check assert_runs kill -CONT "$DAEMON_PID"
linprov status --json >.out
assert_eq "$(jq -c '[.self.on, (.hooks | map(select(. == "lsm/inode_unlink")) | length)]' .out)" '[false,0]'
config ''
daemon_reload
await_log 'INFO .*own protection: on'
await_log 'loaded 0 of 0'
check refused state unlink rm -f $STATE/key

## A crash leaves it in force; the next daemon isn't refused.
crash
check assert_blocked rm -f $STATE/key
check assert_blocked rm -r $PINS
check assert_rc 5 linprov status
grep -q 'To end enforcement:      linprov release' .out || fail "no way out: $(cat .out)"
daemon_start --config "$T/config" --log-level debug
await_log 'took over what the linprov before this one enforced'
check refused state unlink rm -f $STATE/key
assert_blocked ./program

## The way out.
crash
check assert_blocked rm -f $STATE/key
check assert_runs linprov release
grep -Eq '^released: [0-9]+ programs' .out || fail "$(cat .out)"
[ ! -e $PINS ] || fail "pins are left: $(ls -R $PINS)"
check assert_runs ./program
check assert_runs touch $STATE/new
check assert_runs rm $STATE/new
check assert_runs linprov release
grep -q 'nothing was in force' .out || fail "$(cat .out)"
