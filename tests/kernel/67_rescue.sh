# Nobody is locked out: a marked libc or login program is spared and told of, unless a rule denies it;
# and the kernel's command line stands above every configuration.
# weight: 9
# kernels: 6.12 -- one table more, and what user space reads of the command line
# deadline: 600
# case: lockout/libc lockout/command_line
. /lab/kernel/lib.sh

LIBC=$(realpath /lib/x86_64-linux-gnu/libc.so.6)

mkdir www
make_elf www/program
cp "$LIBC" www/libc.so.6
serve www
: >allowlist
daemon_start --mode enforce --allowlist "$T/allowlist"
curl -sS -O "$URL/program" -O "$URL/libc.so.6"
chmod +x program libc.so.6
# What the machine has, in case that this goes wrong: the same files, under other names.
ln "$LIBC" "$LIBC.kept"
ln /usr/bin/su /usr/bin/su.kept
restore() {
  mv "$LIBC.kept" "$LIBC"
  mv /usr/bin/su.kept /usr/bin/su
}

# As an upgrade that no rule permits would leave it.
cp libc.so.6 "$LIBC.new"
cp program /usr/bin/su.new
chmod +x "$LIBC.new" /usr/bin/su.new
check assert_blocked /usr/bin/su.new
# The loader doesn't say why.
check assert_rc 127 env LD_LIBRARY_PATH="$T" /bin/true
log_mark
mv "$LIBC.new" "$LIBC"
mv /usr/bin/su.new /usr/bin/su
check assert_runs /bin/true
check assert_runs /usr/bin/su
check await_log "SPARED-EXEC target=$LIBC "
check await_log 'SPARED-EXEC target=/usr/bin/su '
check assert_runs linprov why /usr/bin/su
grep -q 'survival list' .out || fail "why: $(cat .out)"
check assert_runs linprov status --json
[[ $(cat .out) =~ \"spared\":[1-9] ]] || fail "not counted: $(cat .out)"
check assert_blocked ./program
# Elsewhere the same path is nobody's.
check assert_blocked unshare -m bash -c 'mount --bind . /mnt; /mnt/program'
echo 'deny target_filename=/usr/bin/su' >allowlist
daemon_reload
await_log 'loaded 1 of 1'
check assert_blocked /usr/bin/su
restore
daemon_stop

# The command line.
sed 's/$/ linprov.mode=observe/' /proc/cmdline >cmdline
mount --bind cmdline /proc/cmdline
daemon_start --mode enforce
await_log "linprov.mode=observe is on the kernel's command line"
assert_runs ./program
await_log "WOULD-BLOCK-EXEC target=$T/program"
daemon_reload
await_log 'loaded'
assert_runs ./program
daemon_stop
echo linprov.mode=off >cmdline
assert_rc 4 linprov run --mode enforce
grep -q 'linprov.mode=off' .out || fail "no reason: $(cat .out)"
assert_rc 4 linprov soak --duration 1s
umount /proc/cmdline
daemon_start --mode enforce
assert_blocked ./program
daemon_stop
