# Each dimension permits what it names and nothing beside it. All rules are for one file: curl as
# root brought it as in/brought, cp made app/sub/copy of it.
# weight: 3
# deadline: 600
# daemon: kept
# kernels: 6.12 -- the tables of rules and zones, which are the same on all
. /lab/kernel/lib.sh

mkdir -p www in app/sub
make_elf www/program
serve www
: >allowlist
daemon_start --mode enforce --allowlist "$T/allowlist" --log-level debug

(cd in && curl -sS -o brought "$URL/program" && mv brought ../app/sub/brought)
cp app/sub/brought app/sub/copy
chmod +x app/sub/brought app/sub/copy
program=app/sub/brought

# rules LINE…: they are the allowlist.
rules() {
  printf '%s\n' "$@" >allowlist
  daemon_reload
  await_log "loaded [0-9]+ of $# " # rules whose time is over aren't loaded
}

# The near misses: with all of them nothing runs.
rules \
  "target_filename=$T/app/sub/brought2" "target_filename=$T/app/sub/b" \
  "target_filename=$T/in/brought" "target_folder=$T/app/" "target_folder=$T/app/su/" \
  "target_folder=$T/app/sub/brought/*" "target_folder=$T/in/*" "landing_filename=program" \
  "landing_filename=brough" "landing_folder=$T/" "landing_folder=$T/app/*" \
  "landing_folder=$T/in/brought/*" "creator_process=/usr/bin/wget" "creator_process=/bin/curl" \
  "creator_process=/usr/bin/cp" "creator_comm=cur" "creator_comm=/usr/bin/curl" "creator_uid=1000" \
  "writer_process=/usr/bin/wget" "writer_uid=1000" "origin_zone=lan" "origin_zone=local" \
  "execution_uid=1000" "execution_uid=1" "target_filename=$T/app/sub/brought;creator_comm=wget" \
  "creator_comm=curl;execution_uid=1000" "target_folder=$T/app/*;landing_folder=$T/app/*"
assert_blocked $program

while read -r rule; do
  rules "$rule"
  check assert_runs $program
  check await_log "PROVENANCE-EXEC target=$T/$program .* rule=\"?$(printf %s "$rule" | sed 's/[*]/.*/g')"
done <<RULES
target_filename=$T/app/sub/brought
target_folder=$T/app/sub/
target_folder=$T/app/*
target_folder=/*
landing_filename=brought
landing_folder=$T/in/
landing_folder=$T/in/*
landing_folder=$T/*
creator_process=/usr/bin/curl
creator_comm=curl
creator_uid=0
writer_process=/usr/bin/curl
writer_uid=0
origin_zone=internet
execution_uid=0
target_filename=$T/app/sub/brought;creator_comm=curl
target_folder=$T/*;landing_folder=$T/*;creator_process=/usr/bin/curl;execution_uid=0
RULES

# Who made the copy is its writer; who brought it stays its creator.
rules "writer_process=/usr/bin/cp;creator_process=/usr/bin/curl"
assert_runs app/sub/copy
assert_blocked $program

# Deny wins, wherever it stands; a rule whose time is over is none.
rules "creator_comm=curl" "deny target_folder=$T/app/*"
assert_blocked $program
rules "deny creator_comm=curl" "target_filename=$T/$program"
assert_blocked $program
rules "deny creator_comm=wget" "creator_comm=curl # expires=2999-12-31 reason=test by=me"
assert_runs $program
rules "creator_comm=curl # expires=2020-01-01"
assert_blocked $program
rules "creator_comm=curl" "deny creator_comm=curl # expires=2020-01-01"
assert_runs $program

# Users: who brought it and who executes it.
as_user user curl -sS -o /home/user/program "$URL/program"
chmod 755 /home/user/program
rules "creator_uid=1000"
assert_runs /home/user/program
assert_runs as_user user /home/user/program
assert_blocked $program
rules "execution_uid=1000"
assert_runs as_user user /home/user/program
assert_blocked /home/user/program
daemon_stop
