# Only linprov touches its attribute; rewriting a marked file from nothing makes it local again,
# and nothing less does.
# deadline: 600
. /lab/kernel/lib.sh

XATTR=security.bpf.linprov.origin
mkdir www
make_elf www/program
echo 'echo downloaded' >www/script.sh
serve www
daemon_start --mode enforce --log-level debug

curl -sS -o program "$URL/program"
chmod +x program
await_log "marked $T/program"
# The attribute is written after the event: the log line of the next mark says it is there.
curl -sS -o script.sh "$URL/script.sh"
await_log "marked $T/script.sh"
assert_runs getfattr -n $XATTR program
if setfattr -x $XATTR program 2>.out; then fail "root removed the attribute"; fi
if setfattr -n $XATTR -v forged program 2>.out; then fail "root set the attribute"; fi
cp /lab/bin/ran local
if setfattr -n $XATTR -v forged local 2>.out; then fail "root forged a mark"; fi
grep -q 'Operation not permitted' .out || fail "not EPERM: $(cat .out)"
assert_runs setfattr -n user.other -v 1 local
assert_blocked ./program
assert_runs ./local

# Appending keeps the mark, a clean program that truncates takes it away.
echo '# more' >>script.sh
assert_blocked bash script.sh
echo 'echo local' >script.sh
await_log "local again $T/script.sh"
assert_runs bash script.sh
assert_eq "$(cat .out)" local
daemon_stop
