# The loopback address is no network, unless --mark-localhost, the configuration, its reload or the
# port of a proxy say so.
# deadline: 600
# gate: none
# case: source/loopback
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
serve www

# fetch NAME: downloads the program from the loopback address.
fetch() {
  curl -sS -o "$1" "$NEAR/program"
  chmod +x "$1"
}

daemon_start --mode enforce --mark-localhost
fetch flag
assert_blocked ./flag
daemon_stop

echo 'mode = "enforce"' >config
daemon_start --config config
fetch default
assert_runs ./default
# What was marked before stays so.
assert_blocked ./flag

echo 'mark_localhost = true' >>config
daemon_reload
await_log 'loaded 0 of 0'
fetch configured
assert_blocked ./configured
assert_runs ./default

cat >config <<END
mode = "enforce"
proxy_ports = [1, ${NEAR##*:}]
END
daemon_reload
await_log 'loaded 0 of 0'
fetch proxy
assert_blocked ./proxy
sed -i 's/proxy_ports.*/proxy_ports = [1]/' config
daemon_reload
await_log 'loaded 0 of 0'
fetch other_port
assert_runs ./other_port
daemon_stop
