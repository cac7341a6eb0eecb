# Helpers for scenarios: a scenario starts with  . /lab/kernel/lib.sh
#
# It runs as root, in $T (a fresh folder on ext4), under its own deadline; leaving with anything but
# 0 is a failure. What it leaves running or lying about is removed for it. Headers it may have:
#   # deadline: 120                 seconds it may take (default 900)
#   # boot: own                     a kernel of its own, with nothing run in it before
#   # boot: systemd                 the same, with systemd as PID 1
#   # memory: 3072                  MiB of its own guest's memory (default 1024)
#   # cpus: 2                       needs two CPUs, also in the plain gate
#   # weight: 4                     takes about four times six seconds in the gate, with its boots if they
#                                   are its own: begins earlier
#   # reboots: 1                    run again after a reboot of the same disk; $LAB_BOOT says 1 or 2
#   # daemon: kept                  its daemon (--mode enforce, --log-level debug, an allowlist in $T)
#                                   may be that of the scenario before it, and goes on to the next
#   # kernels: 6.12 7.3 -- reason   only on these
#   # gate: 6.12                    the others of its kernels only in test --full; `none`: all of them
#   # case: file/shm file/tools     cases of docs/threats.toml that it shows (may stand again)
set -Eeuo pipefail

REMOTE=192.0.2.1
T=/srv/lab/$LAB_NAME
LOG=$T/.daemon.log
LOG_MARK=0
KEPT=/run/lab
DAEMON_PID=
WRONG=0
FOLDERS=0
PATH=$PATH:/lab/bin

[ "${LAB_BOOT:-1}" != 1 ] || rm -rf "$T"
mkdir -p "$T"
cd "$T"
trap 'echo "FAILED at line $LINENO of ${BASH_SOURCE[0]##*/}: $BASH_COMMAND" >&2' ERR
trap on_exit EXIT

on_exit() {
  local rc=$?
  if [ $rc = 0 ] && [ $WRONG = 0 ]; then return 0; fi
  [ $WRONG = 0 ] || echo "FAILED: $WRONG checks" >&2
  if [ -s "$LOG" ]; then
    echo "--- the daemon's log, its last 60 lines"
    tail -n "+$((LOG_MARK + 1))" "$LOG" | tail -n 60
  fi
  exit 1
}

# fail MESSAGE: ends the scenario.
fail() {
  trap - ERR
  local i=0 where
  while where=$(caller $i); do
    case $where in *lib.sh) i=$((i + 1)) ;; *) break ;; esac
  done
  # shellcheck disable=SC2086 # line, function, file
  set -- "$1" ${where:-}
  echo "FAILED${2:+ at line $2}: $1" >&2
  exit 1
}

## Network

# remote_up: gives the machine an address that counts as remote.
remote_up() {
  ip addr replace $REMOTE/32 dev lo
}

# serve DIR [PORT]: serves a folder over HTTP. Sets $URL, at the remote address, and $NEAR, the same
# at the loopback address, which is no network.
serve() {
  local port=${2:-8000}
  remote_up
  # It goes to the background once it listens.
  until busybox httpd -p "0.0.0.0:$port" -h "$1" 2>"$T/.serve.log"; do
    [ $((port++)) -lt 8100 ] || fail "no web server came up: $(cat "$T/.serve.log")"
  done
  URL=http://$REMOTE:$port
  NEAR=http://127.0.0.1:$port
}

## Daemon

# daemon_start [ARGS…]: starts `linprov run ARGS` and waits until it says it runs.
daemon_start() {
  if grep -q '^# daemon: kept$' "$0"; then
    use_kept_daemon "$@"
    return
  fi
  log_mark
  linprov run "$@" >>"$LOG" 2>&1 </dev/null &
  DAEMON_PID=$!
  # Long, because an emulated machine beside others takes its time; no speed is tested here.
  await_log 'linprov running \(' 150
}

# use_kept_daemon ARGS…: as daemon_start, with the daemon that a scenario before this one has left.
use_kept_daemon() {
  local allowlist=/dev/null
  while [ $# -gt 0 ]; do
    case $1 in
      --mode) [ "$2" = enforce ] || fail "a kept daemon runs in mode enforce" ;;
      --log-level) [ "$2" = debug ] || fail "a kept daemon logs at level debug" ;;
      --allowlist) allowlist=$2 ;;
      *) fail "a kept daemon can't have $1" ;;
    esac
    shift 2
  done
  mkdir -p $KEPT
  ln -sfn "$allowlist" $KEPT/allowlist
  LOG=$KEPT/daemon.log
  log_mark
  DAEMON_PID=$(cat $KEPT/daemon.pid 2>/dev/null || true)
  if [ -n "$DAEMON_PID" ]; then
    kill -HUP "$DAEMON_PID"
    await_log 'loaded [0-9]+ of [0-9]+ allowlist rules' 60
    return
  fi
  # In no scenario's folder or session: those end before it does.
  (cd / && exec setsid linprov run --mode enforce --log-level debug --allowlist $KEPT/allowlist) \
    >>"$LOG" 2>&1 </dev/null &
  DAEMON_PID=$!
  await_log 'linprov running \(' 150
  echo "$DAEMON_PID" >$KEPT/daemon.pid
}

# daemon_stop: ends it as a service manager would; it must exit with 0. A kept one goes on.
daemon_stop() {
  local rc=0
  if [ "$LOG" = $KEPT/daemon.log ]; then
    [ -d "/proc/$DAEMON_PID" ] || fail "the daemon ended on the way"
    DAEMON_PID=
    return
  fi
  kill -TERM "$DAEMON_PID"
  wait "$DAEMON_PID" || rc=$?
  DAEMON_PID=
  [ $rc = 0 ] || fail "the daemon ended with $rc after SIGTERM, expected 0"
}

# daemon_reload: makes it read its allowlist again; await the log line you expect.
daemon_reload() {
  log_mark
  kill -HUP "$DAEMON_PID"
}

# log_mark: from here on await_log and log_lacks look only at later lines.
log_mark() {
  LOG_MARK=$([ ! -e "$LOG" ] || wc -l <"$LOG")
  LOG_MARK=${LOG_MARK:-0}
  [ -e "$LOG" ] || : >"$LOG"
}

# await_log REGEX [SECONDS]: waits for a line that matches (extended regex); prints it into $LINE.
await_log() {
  local seconds=${2:-20} pid=${DAEMON_PID:-$$}
  LINE=$(timeout "$seconds" grep -m1 -E -e "$1" \
    <(exec tail -n "+$((LOG_MARK + 1))" -f --pid="$pid" "$LOG" 2>/dev/null)) || {
    [ -d "/proc/$pid" ] || fail "the daemon ended, and no line of its log matches '$1'"
    fail "no line of the log matches '$1' within $seconds s"
  }
}

# log_lacks REGEX: no line since the mark matches. Await something that comes later first.
log_lacks() {
  local line
  line=$(tail -n "+$((LOG_MARK + 1))" "$LOG" | grep -m1 -E -e "$1") || return 0
  fail "a line of the log matches '$1', expected none: $line"
}

# check ASSERTION…: one of many that don't depend on each other: when it fails, the scenario goes on
# and fails at its end.
check() {
  ("$@") && return
  WRONG=$((WRONG + 1))
  [ -z "${WAY:-}" ] || echo "  with ${HOST:-}: $WAY" >&2
}

# near_and_far FUNCTION: calls it twice for each line of stdin, in a fresh folder, with the line in
# $WAY: as `FUNCTION runs` with $HOST and $URL at the loopback address, then as `FUNCTION blocked`
# with both at the remote address.
near_and_far() {
  local ways port=${URL:-}
  port=${port##*:}
  mapfile -t ways
  export HOST URL
  for WAY in "${ways[@]}"; do
    for HOST in 127.0.0.1 $REMOTE; do
      URL=http://$HOST:$port
      mkdir "$T/$((++FOLDERS))"
      cd "$T/$FOLDERS"
      if [ $HOST = $REMOTE ]; then "$1" blocked; else "$1" runs; fi </dev/null
    done
  done
  WAY=
  cd "$T"
}

## Assertions; each leaves the command's output in $T/.out

# assert_rc N CMD…: exits with N.
assert_rc() {
  local want=$1 rc=0
  shift
  "$@" >"$T/.out" 2>&1 || rc=$?
  [ $rc = "$want" ] || fail "'$*' ended with $rc, expected $want: $(cat "$T/.out")"
}

# assert_runs CMD…: exits with 0.
assert_runs() {
  assert_rc 0 "$@"
}

# assert_blocked CMD…: fails, and for the reason that linprov refuses (EPERM), not for any other.
assert_blocked() {
  local rc=0
  "$@" >"$T/.out" 2>&1 || rc=$?
  [ $rc != 0 ] || fail "'$*' ran, expected it to be refused: $(cat "$T/.out")"
  grep -q 'Operation not permitted' "$T/.out" ||
    fail "'$*' ended with $rc, expected 'Operation not permitted': $(cat "$T/.out")"
}

# assert_refused LINE CMD…: EPERM, in the words of whoever got it, and a line of the log matches (extended
# regex).
assert_refused() {
  local line=$1 rc=0
  shift
  log_mark
  "$@" >"$T/.out" 2>&1 || rc=$?
  [ $rc != 0 ] || fail "'$*' ran, expected it to be refused: $(cat "$T/.out")"
  # mount and umount have words of their own for it. $OTHERWISE is what else the kernel makes of it.
  grep -Eq "Operation not permitted|: permission denied\\.|must be superuser|${OTHERWISE:-and nothing else}" "$T/.out" ||
    fail "'$*' ended with $rc, expected EPERM: $(cat "$T/.out")"
  await_log "$line"
}

# assert_eq SEEN EXPECTED [WHAT]
assert_eq() {
  [ "$1" = "$2" ] || fail "${3:-value}: got '$1', expected '$2'"
}

# check_ran runs|blocked [FILE]: among what a way printed (FILE, else out) there is "ran", or there is
# not.
check_ran() {
  if [ "$1" = runs ]; then
    check assert_runs grep -x ran "${2:-out}"
  else
    check assert_rc 1 grep -x ran "${2:-out}"
  fi
}

# await_mark PATH: waits until the mark has reached the file's attributes.
await_mark() {
  local end=$((SECONDS + 30))
  until [ -n "$(getfattr --absolute-names -m '^security.bpf.linprov' "$1")" ]; do
    [ $SECONDS -lt $end ] || fail "$1 has no mark in its attributes"
    sleep 0.2
  done
}

# How many marked files the store has.
stored() {
  linprov status --json | jq .marks.stored
}

# await_stored N: until it has so many.
await_stored() {
  local end=$((SECONDS + 60))
  until [ "$(stored)" = "$1" ]; do
    [ $SECONDS -lt $end ] || fail "$(stored) marks are stored, not $1"
    sleep 0.2
  done
}

## Material

# make_volume TYPE [NAME [ARGS…]]: a filesystem in an image of its own, mounted at $FS/NAME, which is
# TYPE unless it is given; ARGS are mkfs's.
make_volume() {
  local type=$1 name=${2:-$1}
  shift $(($# > 1 ? 2 : 1))
  modprobe loop
  mkdir -p "$FS/$name"
  truncate -s 512M "$name.img"
  "mkfs.$type" "$@" "$name.img" >mkfs.log 2>&1 || fail "mkfs.$type: $(cat mkfs.log)"
  mount -o loop "$name.img" "$FS/$name"
}

# make_elf PATH: a small static program that prints "ran" and exits with 0.
make_elf() {
  install -m 755 /lab/bin/ran "$1"
}

# as_user NAME CMD…: runs it as that user (`user` exists, uid 1000).
as_user() {
  local name=$1
  shift
  runuser -u "$name" -- env HOME="/home/$name" USER="$name" "$@"
}

# power_cut: ends this boot as a power cut would; for scenarios with a second boot.
power_cut() {
  # The host ends the emulator when it reads this.
  echo "LAB-CUT $LAB_NAME" >/dev/ttyS1
  sleep 60
  fail "the power wasn't cut"
}
