# The main job: a downloaded program is refused, and runs once it is allowed.
# weight: 5
# case: source/connect file/direct code/executed
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
make_elf local
serve www
: >allowlist
daemon_start --mode enforce --log-level debug --allowlist "$T/allowlist"

curl -sS -o program "$URL/program"
chmod +x program
assert_blocked ./program
await_log "BLOCKED-EXEC target=$T/program .*allow: [0-9a-f]+"
assert_runs ./local

token=$(sed -E 's/.*allow: ([0-9a-f]+).*/\1/' <<<"$LINE")
assert_runs linprov allow "$token"
assert_runs ./program
await_log "PROVENANCE-EXEC target=$T/program"
daemon_stop
