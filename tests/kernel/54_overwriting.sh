# A file with bytes of two origins has the stricter of both: what was brought by somebody else, or
# from farther away, isn't covered by a rule that was made for one. A clean rewrite makes it local.
# deadline: 600
# daemon: kept
# gate: none
# case: file/stricter file/local_again
. /lab/kernel/lib.sh

LAN=10.1.2.3
ip addr replace $LAN/32 dev lo
mkdir www
make_elf www/program
serve www
export NET=$URL OFFICE=http://$LAN:${URL##*:}
echo "origin_zone=lan;creator_process=/usr/bin/curl" >allowlist
daemon_start --mode enforce --allowlist "$T/allowlist"

# tried VERDICT COMMAND: what the command makes of `program`, in a fresh folder.
tried() {
  mkdir "$((++FOLDERS))"
  cd "$FOLDERS"
  bash -euc -o pipefail "$2" >out 2>&1 || fail "this doesn't work: $2: $(cat out)"
  chmod +x program
  WAY=$2 check "assert_$1" ./program
  cd "$T"
}
while read -r verdict command; do tried "$verdict" "$command"; done <<'WAYS'
runs curl -sS -o program $OFFICE/program
blocked curl -sS -o program $NET/program
runs curl -sS $OFFICE/program > program; curl -sS $OFFICE/program >> program
blocked curl -sS $OFFICE/program > program; curl -sS $NET/program >> program
blocked curl -sS $NET/program > program; curl -sS $OFFICE/program >> program
runs curl -sS -o program $OFFICE/program; curl -sS $OFFICE/program | dd of=program conv=notrunc
blocked curl -sS -o program $OFFICE/program; curl -sS $NET/program | dd of=program conv=notrunc
blocked curl -sS -o program $NET/program; curl -sS $OFFICE/program | dd of=program conv=notrunc
blocked curl -sS -o program $NET/program; curl -sS -o program $OFFICE/program
blocked curl -sS -o program $OFFICE/program; curl -sS -o program $NET/program
runs curl -sS -o a $OFFICE/program; cp a b; cat a b > program
blocked curl -sS -o a $OFFICE/program; curl -sS -o b $NET/program; cat a b > program
blocked curl -sS -o a $NET/program; curl -sS -o b $OFFICE/program; cat b a > program
blocked curl -sS -o program $OFFICE/program; wget -q -O program $OFFICE/program
blocked curl -sS -o program $OFFICE/program; wget -qO- $OFFICE/program | tee -a program
runs curl -sS -o program $NET/program; rm program; curl -sS -o program $OFFICE/program
runs curl -sS -o a $NET/program; curl -sS -o program $OFFICE/program; mv program a; mv a program
runs curl -sS -o program $NET/program; cat /lab/bin/ran > program
runs curl -sS -o program $NET/program; cp /lab/bin/ran program
runs curl -sS -o program $NET/program; truncate -s 0 program; cat /lab/bin/ran >> program
runs curl -sS -o program $NET/program; dd if=/lab/bin/ran of=program
runs curl -sS -o program $NET/program; install /lab/bin/ran program
blocked curl -sS -o program $NET/program; dd if=/lab/bin/ran of=program conv=notrunc
blocked curl -sS -o program $NET/program; cat /lab/bin/ran >> program
blocked curl -sS -o program $NET/program; truncate -s +1 program
blocked curl -sS -o program $NET/program; exec 3>> program; cat /lab/bin/ran > program
WAYS
daemon_stop
