# Observe refuses nothing and says what enforcement would; enforcement ends with the daemon, and is
# back with it, because marks outlive daemon, mode and cache.
# weight: 6
# deadline: 600
# gate: 6.12
# case: keep/eviction keep/restart lockout/observe lockout/stop
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
printf '#!/bin/sh\necho ran\n' | tee www/script >local
chmod +x local
serve www
echo 'mode = "observe"' >config
daemon_start --config config
curl -sS -o program "$URL/program"
curl -sS -o script "$URL/script"
chmod +x program script

assert_runs ./program
await_log "PROVENANCE-EXEC target=$T/program landing_folder=$T/ landing_file=program .*origin=\{creator=/usr/bin/curl comm=curl uid=0 zone=internet remote=$REMOTE:"
await_log "WOULD-BLOCK-EXEC target=$T/program "
assert_runs ./script
await_log "WOULD-BLOCK-EXEC target=$T/script "
log_mark
assert_runs bash script
await_log "PROVENANCE-SCRIPT script=$T/script name=script interp=bash "
await_log "WOULD-BLOCK-SCRIPT script=$T/script name=script interp=bash "
log_mark
bash -c "curl -sS $URL/script | sh" >out
assert_eq "$(cat out)" ran
await_log "WOULD-BLOCK-SCRIPT "
log_mark
assert_runs ./local
assert_runs bash local
assert_runs ./program
await_log "WOULD-BLOCK-EXEC target=$T/program "
log_lacks "$T/local"
log_lacks ' BLOCKED-'

echo 'mode = "enforce"' >config
daemon_reload
await_log 'loaded 0 of 0'
assert_blocked ./program
await_log "BLOCKED-EXEC target=$T/program "
assert_blocked bash script
assert_runs ./local
curl -sS -o at_the_end "$URL/program"
chmod +x at_the_end
daemon_stop

assert_runs ./program
assert_runs bash script
curl -sS -o unseen "$URL/program"
chmod +x unseen

daemon_start --config config
assert_blocked ./program
assert_blocked bash script
assert_blocked ./at_the_end
assert_runs ./unseen
sync
echo 3 >/proc/sys/vm/drop_caches
assert_blocked ./program
assert_blocked bash script
assert_blocked ./at_the_end
assert_runs ./unseen
daemon_stop
