# What a trusted program wrote, a package manager for one, is as good as local: who reads it carries
# nothing on. Only a rule over the writer, and over nothing outside the mark, trusts.
# daemon: kept
# gate: 6.12
# case: file/packages
. /lab/kernel/lib.sh

mkdir www lib
printf '#!/bin/sh\necho ran\n' >www/script
serve www
: >allowlist
daemon_start --mode enforce --allowlist "$T/allowlist"
curl -sS -o brought "$URL/script"
cp brought lib/installed
chmod +x brought lib/installed

# rules LINE…: they are the allowlist.
rules() {
  printf '%s\n' "$@" >allowlist
  daemon_reload
  await_log "loaded $# of $# "
}

# copied runs|blocked: what happens to what somebody makes of the installed file, with his own hands.
copied() {
  cat lib/installed >copy
  chmod +x copy
  check "assert_$1" ./copy
  rm copy
}

copied blocked
rules "writer_process=/usr/bin/cp;writer_uid=0"
check assert_runs lib/installed
copied runs
# Also where systemd has locked up a service, and in a sandbox of somebody's own.
check assert_runs unshare -m lib/installed
check assert_runs unshare -rm lib/installed
unshare -m sh -c 'cat lib/installed >copy; chmod +x copy'
check assert_runs ./copy
check assert_blocked unshare -m ./brought
cat brought >copy
chmod +x copy
check assert_blocked ./copy
rm copy

# The trust ends with its rule, and doesn't come from rules over anything else.
rules "writer_process=/usr/bin/dpkg"
copied blocked
rules "creator_comm=curl;target_folder=$T/lib/"
check assert_runs lib/installed
copied blocked
rules "writer_process=/usr/bin/cp;target_folder=$T/*"
check assert_runs lib/installed
copied blocked
rules "writer_process=/usr/bin/cp # expires=2999-01-01"
check assert_runs lib/installed
copied blocked
rules "writer_process=/usr/bin/cp" "deny creator_comm=curl;target_folder=/nowhere/"
copied runs
rules "writer_process=/usr/bin/cp" "deny creator_comm=curl"
copied blocked
daemon_stop
