# Observing refuses nothing and says what enforcement would; a stop releases; marks outlive the
# daemon and the inode's memory.
# deadline: 600
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
printf 'echo script ran\n' >www/script.sh
make_elf local
serve www
: >allowlist
daemon_start --mode observe --allowlist "$T/allowlist"

curl -sS -o program "$URL/program"
curl -sS -o script.sh "$URL/script.sh"
chmod +x program
assert_runs ./program
await_log "PROVENANCE-EXEC target=$T/program .*origin=\{creator=/usr/bin/curl comm=curl uid=0"
await_log "WOULD-BLOCK-EXEC target=$T/program"
assert_runs bash script.sh
await_log "PROVENANCE-SCRIPT script=$T/script.sh name=script.sh interp=bash"
await_log "WOULD-BLOCK-SCRIPT script=$T/script.sh"
log_lacks ' BLOCKED-'
assert_runs ./local
log_lacks "target=$T/local"

# What a rule permits would not be blocked.
echo 'creator_comm=curl' >allowlist
daemon_reload
await_log 'loaded 1 of 1 allowlist rules'
assert_runs ./program
await_log "PROVENANCE-EXEC target=$T/program"
log_lacks WOULD-BLOCK
daemon_stop

: >allowlist
daemon_start --mode enforce --allowlist "$T/allowlist"
await_log 'took over [1-9][0-9]* marks'
echo 3 >/proc/sys/vm/drop_caches
assert_blocked ./program
assert_blocked bash script.sh
assert_runs ./local
daemon_stop
assert_runs ./program
assert_runs bash script.sh
