# A download is data to a local script: reading it is never refused, not even where the same file
# would be refused as a script.
# weight: 4
# deadline: 600
# daemon: kept
# case: code/data
. /lab/kernel/lib.sh

mkdir www
seq 1 9 | tee www/data.csv >www/data.txt
echo '{"n": 45}' >www/data.json
printf '#!/bin/sh\necho 45\n' >www/script
cat >sum.py <<'END'
import sys
print(sum(int(line) for line in open(sys.argv[1])))
END
echo 'local n = 0; for line in io.lines(arg[1]) do n = n + line end; print(n)' >sum.lua
echo '{ n += $1 } END { print n }' >sum.awk
printf 'all:\n\t@awk -f sum.awk data.csv\n' >Makefile
printf 'n=0\nwhile read -r i; do n=$((n + i)); done\necho $n\n' >sum.sh
serve www
export URL
daemon_start --mode enforce

for file in data.csv data.txt data.json script; do curl -sS -O "$URL/$file"; done
chmod +x script
assert_blocked ./script
while read -r way <&3; do
  bash -c "$way" >out 2>&1 || true
  check assert_runs env WAY="$way" grep -x 45 out
done 3<<'WAYS'
cat data.json | tr -dc 0-9
python3 sum.py data.csv
python3 -c 'print(sum(map(int, open("data.txt"))))'
curl -sS $URL/data.csv | python3 -c 'import sys; print(sum(map(int, sys.stdin)))'
awk -f sum.awk data.csv
awk '{ n += $1 } END { print n }' data.txt
awk '{ n += $1 } END { print n }' < data.txt
curl -sS $URL/data.csv | awk '{ n += $1 } END { print n }'
n=0; while read -r i; do n=$((n + i)); done < data.csv; echo $n
n=0; curl -sS $URL/data.csv | { while read -r i; do n=$((n + i)); done; echo $n; }
n=0; for i in $(cat data.csv); do n=$((n + i)); done; echo $n
mapfile -t all < data.csv; (IFS=+; echo $((${all[*]})))
sh sum.sh < data.csv
cat data.csv | sh sum.sh
perl -ne '$n += $_; END { print "$n\n" }' data.csv
perl -e 'while (<>) { $n += $_ } print "$n\n"' < data.csv
lua5.4 sum.lua data.csv
make -s
jq .n data.json
sed -n 's/.*: \([0-9]*\).*/\1/p' data.json
xargs < data.csv | tr ' ' + | { read -r sum; echo $((sum)); }
tail -n 1 script | cut -d' ' -f2
grep -o '[0-9]*' script
WAYS
log_mark
assert_blocked bash script
await_log 'BLOCKED-SCRIPT'
daemon_stop
