# linprov at work, for a person to read: every command is shown, and what it really printed.
. /lab/kernel/lib.sh
# What fails here is shown, and is part of the story.
trap - ERR

# say TEXT…: what comes next and why.
say() {
  echo
  printf '# %s\n' "$@"
}

# show COMMAND: prints it and its output; a failure is part of the story.
show() {
  echo "\$ $1"
  eval "$1" 2>&1 | sed 's#/lab/kernel/[^:]*: line [0-9]*: #bash: #' || true
}

# show_log REGEX: the line of the daemon's log that was awaited.
show_log() {
  await_log "$1"
  echo "  log: $LINE"
}

echo "Linux $(uname -r), Debian $(cat /etc/debian_version), $(linprov --version)"

mkdir /srv/lab/www
make_elf /srv/lab/www/hello
serve /srv/lab/www 8000
mkdir -p /root/Downloads
cd /root/Downloads

say "A web server on a remote address offers a small program. This machine's own copy runs:"
cp /lab/bin/ran local-hello
show ./local-hello

say "The daemon starts; from here on the kernel enforces."
daemon_start --mode enforce --log-level info
show_log 'linprov running \('

say "The same program, downloaded, is refused when it is run:"
log_mark
show "curl -sS -o hello $URL/hello"
show "chmod +x hello"
show ./hello
show_log BLOCKED-EXEC
token=$(sed -n 's/.*\[allow: \([0-9a-f]*\)\].*/\1/p' <<<"$LINE")
[ -n "$token" ] || fail "no token in: $LINE"
show "linprov show hello"
assert_blocked ./hello

say "Files that didn't come from the network are none of its business:"
show ./local-hello
assert_runs ./local-hello

say "A person who trusts the file permits what was blocked, by its token:"
show "linprov allow $token"
show ./hello
assert_runs ./hello

say "A stop ends enforcement cleanly."
daemon_stop
show "tail -n 1 $LOG"
