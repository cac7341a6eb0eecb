# A downloaded program is refused, whatever put it where it lies; the same commands with a server
# at the loopback address, which is no network, give a program that runs.
# weight: 10
# deadline: 600
# daemon: kept
# gate: 6.12
# case: file/direct file/redirected file/unpacked file/waiting_reader file/renamed file/shm file/tools
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
tar -C www -czf www/program.tar.gz program
(cd www && zip -q program.zip program && gzip -k program)
serve www
daemon_start --mode enforce

try() {
  bash -euc -o pipefail "$WAY"
  chmod +x program
  check "assert_$1" ./program
}
near_and_far try <<'WAYS'
curl -sS -o program $URL/program
curl -sS $URL/program > program
curl -sS $URL/program | cat > program
wget -q -O program $URL/program
wget -q -O- $URL/program | tee program > copy
curl -sS -o a $URL/program; cat a > program
curl -sS -o a $URL/program; cp a program
curl -sS -o a $URL/program; mv a program
curl -sS -o /dev/shm/a $URL/program; mv /dev/shm/a program
curl -sS -o a $URL/program; ln a program
curl -sS -o a $URL/program; ln -s a program
curl -sS -o a $URL/program; dd if=a of=program status=none
curl -sS -O $URL/program.tar.gz; tar xzf program.tar.gz
curl -sS $URL/program.tar.gz | tar xz
curl -sS $URL/program.tar.gz | gunzip | tar x
curl -sS -O $URL/program.zip; unzip -q program.zip
curl -sS -O $URL/program.gz; gunzip -c program.gz > program
curl -sS -O $URL/program.gz; gunzip program.gz
WAYS
daemon_stop
