# A downloaded kernel module isn't loaded; the same module from the loopback address is.
# daemon: kept
# case: code/module
. /lab/kernel/lib.sh

mkdir www
module=$(find "/lib/modules/$(uname -r)" -name 'ts_kmp.ko*')
case $module in
  *.xz) xz -dc "$module" >www/ts_kmp.ko ;;
  *) cp "$module" www/ ;;
esac
serve www
daemon_start --mode enforce

curl -sS -O "$NEAR/ts_kmp.ko"
assert_runs insmod ./ts_kmp.ko
assert_runs rmmod ts_kmp
curl -sS -O "$URL/ts_kmp.ko"
assert_blocked insmod ./ts_kmp.ko
await_log "BLOCKED-EXEC target=$T/ts_kmp.ko "
daemon_stop
