# Where it came from, in a rule: the built-in zones and those of the configuration, also after a
# reload, and the longest prefix wins.
# deadline: 600
# kernels: 6.12 -- the tables of rules and zones, which are the same on all
# gate: none
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
serve www
port=${URL##*:}
for address in 192.0.2.77 10.1.2.3 fd00::1 2001:db8::1; do
  ip addr add $address dev lo nodad 2>/dev/null || ip addr add $address dev lo
done
cat >config <<END
mode = "enforce"
allowlist = "$T/allowlist"
[zones]
office = ["192.0.2.0/24"]
printers = ["192.0.2.64/26", "198.51.100.0/24"]
END
echo 'origin_zone=office' >allowlist
daemon_start --config config

number=0
# from ADDRESS runs|blocked: downloads from there, and tries the program.
from() {
  local name=$((++number))
  curl -sS -o $name "http://$1:$port/program"
  chmod +x $name
  check assert_$2 ./$name
}
# zone ZONE: only what comes from there is permitted.
zone() {
  echo "origin_zone=$1" >allowlist
  daemon_reload
  await_log 'loaded 1 of 1'
}

from 192.0.2.1 runs
from 192.0.2.77 blocked
from 10.1.2.3 blocked
zone printers
from 192.0.2.77 runs
from 192.0.2.1 blocked
zone lan
from 10.1.2.3 runs
from 192.0.2.1 blocked
zone internet
from 10.1.2.3 blocked
from 192.0.2.1 blocked

# Other zones from now on; what came before keeps its own.
sed -i 's/^office.*/office = ["10.0.0.0\/8"]/; s/^printers.*/printers = ["203.0.113.0\/24"]/' config
zone office
from 10.1.2.3 runs
from 192.0.2.1 blocked
assert_runs ./1
zone internet
from 192.0.2.1 runs
daemon_stop
