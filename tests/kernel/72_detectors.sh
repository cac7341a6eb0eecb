# Detectors: each tells of the planted act, with who did it and who started that one, and of nothing
# else; nothing while it is off. No event carries another file's digest under load. An ordinary load
# (LAB_LOAD_SECONDS=600 scripts/dev.sh scenario 72_detectors: for ten minutes) is silent.
# deadline: 1800
# gate: none
. /lab/kernel/lib.sh

# detectors TEXT: has the daemon take over this configuration, and waits until it has.
detectors() {
  printf '%s\n' "allowlist = \"$T/allowlist\"" "$1" >config
  daemon_reload
  # Long, because an emulated machine beside others takes its time to check programs.
  await_log 'loaded 0 of 0' 240
  log_mark
}

# executed NAME: what the line of its execution begins with. It says what stands between, since the
# lines of grep's own executions have in their arguments what is looked for.
executed() {
  echo "DETECTED name=exec reason=executed pid=[0-9]+ comm=[^ ]+ uid=[0-9]+ exe=$T/$1 "
}

# settled: everything that happened until now has been told.
settled() {
  rm -f "$T/fence"
  cp "$T/ran" "$T/fence"
  "$T/fence" >/dev/null
  await_log "$(executed fence)"
}

# told NAME REASON CMD…: the line is in $LINE.
told() {
  local name=$1 reason=$2
  shift 2
  log_mark
  assert_runs "$@"
  await_log "WARN linprov.event: DETECTED name=$name reason=$reason pid=[0-9]+ comm=[^ ]+ uid=0 exe=[^ ]+ "
  # Under check this is a subshell.
  echo "$LINE" >"$T/.line"
  grep -Eq " ancestry=\[(\{pid=[0-9]+ comm=[^ ]+ exe=[^ ]+\} ?)+\]" <<<"$LINE" || fail "$LINE"
}

# silent CMD…: nothing but the execution is told.
silent() {
  log_mark
  assert_runs "$@"
  settled
  # From the line's beginning: the arguments of an execution may hold such words.
  log_lacks '^[^ ]+ [A-Z]+ linprov.event: DETECTED name=(replaced|proc-mem|mprotect) '
}

# running NAME: a process that executes a file of that name, a copy of sleep unless it is "fetched";
# it is in $RUNNING.
running() {
  [ "$1" = fetched ] || cp sleeper "$1"
  "./$1" 1000 &
  RUNNING=$!
  until [ "$(readlink "/proc/$RUNNING/exe")" = "$T/$1" ]; do read -rt 0.02 <> <(:) || true; done
}

digest_of() { sha256sum "$1" | cut -d' ' -f1; }

: >allowlist
mkdir www
make_elf ran
make_elf www/program
cp "$(realpath /usr/bin/python3)" another_python
cp "$(realpath /usr/bin/sleep)" sleeper

cat >memory.py <<'END'
import ctypes, mmap, os, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
NONE, R, W, X = 0, 1, 2, 4
def call(name, *arguments):
    got = getattr(libc, name)(*arguments)
    if got in (-1, ctypes.c_void_p(-1).value):
        sys.exit(f"{name}: {os.strerror(ctypes.get_errno())}")
    return got
def area(prot, shared=False):
    return call("mmap", None, ctypes.c_size_t(8192), prot, 0x21 if shared else 0x22, -1, ctypes.c_long(0))
def protect(at, *prots):
    for prot in prots:
        call("mprotect", ctypes.c_void_p(at), ctypes.c_size_t(8192), prot)
def write(at):
    ctypes.memmove(at, b"\xc3", 1)
class Piece(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
def victim():
    """A child, and where it holds a buffer."""
    buffer = ctypes.create_string_buffer(b"before", 16)
    end, other_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(other_end)
        os.read(end, 1)
        os._exit(0)
    return pid, ctypes.addressof(buffer)
def vm(call):
    pid, at = victim()
    held = ctypes.create_string_buffer(b"after!", 16)
    ours, theirs = Piece(ctypes.addressof(held), 6), Piece(at, 6)
    if getattr(libc, call)(pid, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0) != 6:
        sys.exit(os.strerror(ctypes.get_errno()))
def mem(pid, at, mode):
    with open(f"/proc/{pid}/mem", mode, buffering=0) as memory:
        memory.seek(at)
        memory.write(b"after!") if "+" in mode else memory.read(6)
def own():
    buffer = ctypes.create_string_buffer(16)
    mem("self", ctypes.addressof(buffer), "r+b")
def written():
    at = area(R | W); write(at); protect(at, R | X)
def written_before():
    at = area(R | W); write(at); protect(at, R, R | X)
def written_shared():
    at = area(R | W, True); write(at); protect(at, R, R | X)
def writable():
    protect(area(NONE), R | W | X)
def never_written():
    protect(area(NONE), R, R | X)
def data():
    at = area(R | W); write(at); protect(at, R, R | W, NONE)
{
    "mem": lambda: mem(*victim(), "r+b"), "mem_read": lambda: mem(*victim(), "rb"), "mem_own": own,
    "writev": lambda: vm("process_vm_writev"), "readv": lambda: vm("process_vm_readv"),
}.get(sys.argv[1], globals().get(sys.argv[1]))()
END
memory="python3 $T/memory.py"
python=$(realpath /usr/bin/python3)
same_acts=(mem writev written writable)

# `linprov run` takes a flag and the file; what it doesn't know is named.
assert_rc 2 linprov run --detect usb
grep -q 'not one of exec, replaced, proc-mem, mprotect' .out || fail "$(cat .out)"
printf '[detect.mprotect]\nalow = []\n' >config
assert_rc 3 linprov run --config "$T/config"
grep -q 'line 2: detect.mprotect.alow: unknown key "alow"; did you mean' .out || fail "$(cat .out)"
assert_runs linprov doctor
grep -q 'ok  detectors .*all can be used' .out || fail "$(cat .out)"

## Off: nothing is loaded, nothing told.
printf '%s\n' "allowlist = \"$T/allowlist\"" >config
daemon_start --config "$T/config"
bpftool prog show >.out
if grep -q 'name detect_' .out; then fail "programs of detectors that are off: $(cat .out)"; fi
linprov status --json >.out
assert_eq "$(jq -c .detectors .out)" '[]' "detectors"
hooks=$(jq -c .hooks .out)
serve www
curl -sS -o marked "$URL/program"
chmod +x marked
log_mark
for act in "${same_acts[@]}"; do assert_runs $memory "$act"; done
running idle
rm idle
kill $RUNNING
assert_runs ./marked
await_log 'PROVENANCE-EXEC'
log_lacks 'DETECTED'

## On
detectors '[detect.exec]
environment = ["LD_PRELOAD", "LAB_TOLD"]
hash = true
[detect.replaced]
[detect.proc-mem]
[detect.mprotect]'
bpftool prog show >.out
for program in detect_exec detect_replaced detect_proc_mem detect_mprotect; do
  grep -q "name $program" .out || fail "$program isn't loaded: $(cat .out)"
done

## exec
LAB_TOLD='a b' LAB_SECRET=xyzzy ./ran "one two" '[x]' '' >.out
await_log "$(executed ran)"
for part in "target=./ran arguments=\[./ran \"one two\" \"\[x\]\" \"\"\] arguments_bytes=19 " \
  'environment=\["LAB_TOLD=a b"\] ' \
  "sha256=$(digest_of ran) ancestry=\[\{pid=$$ comm=[^ ]+ exe=/usr/bin/bash\} "; do
  check grep -Eq -e "$part" <<<"$LINE"
done
LAB_SECRET=xyzzy assert_runs ./ran
settled
log_lacks 'xyz[z]y'
log_lacks 'DETECTED .* origi[n]='
long=$(printf 'x%.0s' $(seq 6000))
log_mark
LAB_TOLD=$long ./ran "$long" >.out
await_log "$(executed ran)"
check grep -Eq ' arguments_bytes=6007 arguments_cut=true ' <<<"$LINE"
check grep -Eq ' environment_cut=true ' <<<"$LINE"
# What was not asked for may be as long as it likes.
log_mark
LAB_SECRET=$long LAB_TOLD=after ./ran >.out
await_log "$(executed ran).* environment=\[LAB_TOLD=after\] sha256"
log_mark
assert_runs ./marked
await_log "$(executed marked).* origin=\{creator=/usr/bin/curl .* zone=internet"
printf '#!%s/ran\n' "$T" >script
chmod +x script
log_mark
assert_runs ./script
await_log "$(executed ran)target=./script .*sha256=$(digest_of ran) "
# An exec that fails isn't one.
log_mark
assert_rc 126 "$T/www"
settled
log_lacks "DETECTED .*targe[t]=$T/www "

## replaced
running one
check told replaced deleted rm one
check grep -Fq " exe=/usr/bin/rm target=$T/one " "$T/.line"
kill $RUNNING
running one
cp ran other
check told replaced replaced mv -f other one
check grep -Fq " target=$T/one " "$T/.line"
kill $RUNNING
running one
check told replaced moved mv one away
check grep -Fq " target=$T/one " "$T/.line"
# Nobody can write to it.
if echo x 2>/dev/null >>away; then fail "a running executable was written"; fi
# Another name of it, and what nobody runs.
ln away name
check silent rm name
check silent cp sleeper quiet
check silent mv quiet quieter
check silent cp -f ran quieter
check silent rm quieter
# Who may not.
check silent bash -c "! runuser -u user -- rm -f $T/away 2>&1"
kill $RUNNING
wait $RUNNING 2>/dev/null || true
check silent rm away
# A marked one says where it came from.
cp sleeper www/sleeper
curl -sS -o fetched "$URL/sleeper"
chmod +x fetched
running fetched
check told replaced deleted rm fetched
check grep -Fq ' origin={creator=/usr/bin/curl ' "$T/.line"
kill $RUNNING

## proc-mem
check told proc-mem proc_mem $memory mem
check grep -Eq " exe=$python target=$python target_pid=[0-9]+ " "$T/.line"
check told proc-mem process_vm_writev $memory writev
check grep -Eq " exe=$python target=$python target_pid=[0-9]+ " "$T/.line"
for act in mem_read mem_own readv; do check silent $memory $act; done

## mprotect
for act in written written_before written_shared; do check told mprotect written $memory $act; done
check told mprotect writable $memory writable
for act in never_written data; do check silent $memory $act; done
# linprov itself compiles just in time, also as a command.
check silent linprov status

## Exceptions
allow="allow = [\"$T/another_python\"]"
detectors "[detect.exec]
arguments = false
[detect.replaced]
$allow
[detect.proc-mem]
$allow
[detect.mprotect]
$allow"
for act in "${same_acts[@]}"; do check silent ./another_python memory.py "$act"; done
log_mark
./ran private >.out
await_log "$(executed ran)"
case $LINE in *private* | *arguments* | *sha256*) fail "not asked for: $LINE" ;; esac
running one
check silent ./another_python -c 'import os; os.unlink("one")'
kill $RUNNING
# It is the executable, not its name.
cp ./another_python third
check told mprotect written ./third memory.py written

## Digests under load: each event has the digest of the file that it names.
detectors '[detect.exec]
arguments = false
hash = true'
names=()
for i in 1 2 3 4 5 6; do
  cp ran "p$i"
  # Another file, and another length, up to a few hundred KiB: reading it takes a while.
  head -c $((i * 70000)) /dev/zero >>"p$i"
  names+=("p$i")
done
rounds=${LAB_DIGEST_ROUNDS:-60}
loops=()
for loop in 1 2 3 4; do
  (
    for round in $(seq "$rounds"); do
      # In another order each time.
      for i in 0 1 2 3 4 5; do
        "./${names[$(((i * loop + round) % 6))]}" >/dev/null
      done
    done
  ) &
  loops+=($!)
done
wait "${loops[@]}"
settled
tail -n "+$((LOG_MARK + 1))" "$LOG" >.since
for name in "${names[@]}"; do
  sed -nE "s|.*DETECTED name=exec .* exe=$T/$name .* sha256=([0-9a-f]{64}) .*|\1|p" .since |
    sort -u >.digests
  assert_eq "$(cat .digests)" "$(digest_of "$name")" "the digests of $name"
done
events=$(grep -cE "DETECTED name=exec .* exe=$T/p[1-6] " .since)
digests=$(grep -cE "DETECTED name=exec .* exe=$T/p[1-6] .* sha256=[0-9a-f]{64}" .since)
linprov status --json >.out
dropped=$(jq '.detectors[0].dropped' .out)
run=$((4 * 6 * rounds))
echo "digests under load: $run executions, $events told, $digests with a digest, $dropped dropped," \
  "losses $(jq -c .losses .out)"
assert_eq "$((events + dropped >= run)) $((digests * 10 > events * 9))" "1 1" "events, digests"
assert_eq "$(jq -c '[.losses | keys[] | select(startswith("recursion_misses"))]' .out)" '[]' \
  "programs that were skipped"
assert_eq "$(jq '.losses.detections_lost // 0' .out)" "$dropped" "detections that were lost"
python3 /lab/kernel/json_schema.py /lab/kernel/status.schema.json <.out || fail "see above"

# Bytes that were changed have another digest, never the old one.
printf x >>p1
log_mark
./p1 >/dev/null
await_log "$(executed p1).* sha256=$(digest_of p1) "

## Ordinary load is silent.
detectors "[detect.exec]
arguments = false
[detect.replaced]
[detect.proc-mem]
[detect.mprotect]"
cat >hello.c <<'END'
#include <stdio.h>
int main(void) { puts("hello"); return 0; }
END
load() {
  tcc -o hello hello.c && ./hello
  rm -f hello
  python3 -c 'import json, re, ctypes, sqlite3, ssl, threading
t = [threading.Thread(target=lambda: re.findall("a+", "baab" * 999)) for _ in range(4)]
[x.start() for x in t]; [x.join() for x in t]'
  perl -e 'my %h; $h{$_ % 7}++ for 1..9999; print join ",", sort values %h'
  mkdir -p out
  tar -C /etc -czf out.tar.gz . && tar -C out -xzf out.tar.gz
  find out -type f -name '*.conf' -exec grep -l a {} + | sort | tail
  rm -rf out out.tar.gz repository
  git init -q repository
  git -C repository -c user.name=a -c user.email=a@b commit -q --allow-empty -m one
  cp hello.c repository && git -C repository add . && git -C repository status --short
  git -C repository gc -q
  gawk 'BEGIN { for (i = 0; i < 20000; i++) s += i; print s }'
  seq 20000 | sort -R | xz -0 | xz -d | wc -l
  as_user user bash -c 'for i in 1 2 3; do date | sed s/a/b/ | cat; done'
  curl -sS -o downloaded "$URL/program" && rm -f downloaded
  ssh-keygen -q -t ed25519 -N '' -f key && rm -f key key.pub
  cp -a /usr/bin/env tool && ./tool true && mv tool tool2 && rm tool2
  printf 'all:\n\techo made\n' | make -f -
  apt-cache policy bash
  dpkg -l
}
end=$((SECONDS + ${LAB_LOAD_SECONDS:-20}))
passes=0
while [ $SECONDS -lt $end ] || [ $passes = 0 ]; do
  load >.load 2>&1 </dev/null || fail "the load itself failed: $(tail -n 5 .load)"
  passes=$((passes + 1))
done
settled
linprov status --json >.out
echo "ordinary load: $passes passes, $(jq -c '[.detectors[] | {name, detected, dropped}]' .out)"
log_lacks 'DETECTED name=(replaced|proc-mem|mprotect)'
linprov status >.out
grep -Eq '^detector exec +[0-9]+ told' .out || fail "$(cat .out)"

## And off again
detectors ''
linprov status --json >.out
assert_eq "$(jq -c .hooks .out)" "$hooks" "hooks after the detectors are off"
log_mark
for act in "${same_acts[@]}"; do assert_runs $memory "$act"; done
assert_runs ./marked
await_log 'PROVENANCE-EXEC'
log_lacks 'DETECTED'
daemon_stop
