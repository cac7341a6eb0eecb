# The daemon writes attributes by path, but only to the file that the kernel marked: not to what a user
# puts there meanwhile, and not to what has that path on the host.
# deadline: 600
# gate: none
# case: keep/wrong_file
. /lab/kernel/lib.sh

# attribute PATH: whether linprov's is there.
attribute() {
  getfattr -n security.bpf.linprov.origin "$1" >/dev/null 2>&1
}

mkdir www
make_elf www/program
serve www
install -m 4755 /lab/bin/ran /usr/local/bin/victim
install -d -o user dir
chmod 755 .
daemon_start --mode enforce --log-level debug --protect-self=false

# An ordinary user sees his download where the host has a program of root's.
as_user user curl -sS -o dir/mine "$URL/program"
as_user user env URL="$URL" unshare -rm bash -euc '
  mount --bind dir/mine /usr/local/bin/victim
  curl -sS -o /usr/local/bin/victim "$URL/program"
  chmod +x /usr/local/bin/victim'
log_mark
curl -sS -o later "$URL/program"
await_log "marked $T/later"
attribute /usr/local/bin/victim && fail "the host's file got the attribute"
assert_runs /usr/local/bin/victim
assert_blocked dir/mine

# While the daemon doesn't listen, something else comes by the path of the marked file.
kill -STOP "$DAEMON_PID"
for name in link other folder; do
  as_user user curl -sS -o "dir/$name" "$URL/program"
  mv "dir/$name" "dir/moved-$name"
done
ln -s /usr/local/bin/victim dir/link
make_elf dir/other
mkdir dir/folder
as_user user curl -sS -o dir/deep "$URL/program"
log_mark
kill -CONT "$DAEMON_PID"
await_log "marked $T/dir/deep"
await_mark dir/deep
for file in /usr/local/bin/victim dir/other dir/folder; do
  if attribute "$file"; then fail "$file got the attribute"; fi
done
chmod +x dir/*
assert_runs dir/link
assert_runs dir/other
for name in link other folder; do assert_blocked "dir/moved-$name"; done
daemon_stop
rm /usr/local/bin/victim
