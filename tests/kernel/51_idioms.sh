# As 11_programs, with longer ways that people type.
# weight: 2
# deadline: 600
# daemon: kept
# gate: 6.12
# case: file/redirected file/tools file/unpacked
. /lab/kernel/lib.sh

mkdir www
cd www
make_elf program
base64 program >text
split -n 2 program part-
zip -q program.zip program
tar cf program.tar program
sha256sum program >sums
cd "$T"
serve www
socat "TCP-LISTEN:8740,fork,reuseaddr" FILE:www/program &
daemon_start --mode enforce

try() {
  bash -euc -o pipefail "$WAY" >out 2>&1 || fail "this doesn't work: $WAY: $(cat out)"
  chmod +x program
  check "assert_$1" ./program
}
near_and_far try <<'WAYS'
curl -sS $URL/program | sudo tee program > copy
curl -sS $URL/program | install /dev/stdin program
curl -sS $URL/program | tee >(cat > program) > copy; until cmp -s copy program; do :; done
curl -sS $URL/text | base64 -d > program
curl -sS $URL/text | openssl enc -d -base64 > program
curl -sS $URL/part-aa $URL/part-ab > program
curl -sS -O $URL/part-aa -O $URL/part-ab; cat part-* > program
echo $URL/program | xargs -n 1 curl -sSO
curl -sS -O $URL/program -O $URL/sums; sha256sum --quiet -c sums
curl -sS -O $URL/program.zip; python3 -m zipfile -e program.zip .
curl -sS -O $URL/program.tar; python3 -m tarfile -e program.tar .
wget -q -r -nd -P . $URL/program
busybox wget -q $URL/program
nc $HOST 8740 > program < /dev/null
echo program: > Makefile; echo "	curl -sS -o program $URL/program" >> Makefile; make -s
WAYS
daemon_stop
