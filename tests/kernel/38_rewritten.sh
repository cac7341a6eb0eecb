# A file is as local as its bytes: one that a local program empties and writes anew is local again,
# also after a restart; one to which bytes from elsewhere are added is not.
# deadline: 600
# gate: none
. /lab/kernel/lib.sh

mkdir www
printf '#!/bin/sh\necho ran\n#\n' | tee www/script >local
serve www
daemon_start --mode enforce --log-level debug

try() {
  curl -sS -o script "$URL/script"
  bash -euc "$WAY"
  chmod +x script
  check "assert_$1" ./script
}
# From the remote address only: all begin with a download.
again() {
  [ "$1" = runs ] || try runs
}
near_and_far again <<'WAYS'
cat ../local > script
cp ../local script
dd if=../local of=script status=none
truncate -s 0 script; cat ../local >> script
: > script; cat ../local >> script
install ../local script
cp ../local new; mv new script
rm script; cp ../local script
cp ../local new; ln -f new script
sed -n p ../local > script
WAYS
await_log "local again $T/.*/script "

near_and_far try <<'WAYS'
echo '# more' >> script
dd if=../local of=script conv=notrunc bs=4 count=2 status=none
cp ../local new; cat script >> new; mv new script
cp ../local new; cat script > new; mv new script
sed -i 's/ran/ran /' script
truncate -s 10 script; echo 'echo ran' >> script
exec 3>> script; cat ../local > script
WAYS

# One inode, over and over: the next file with its number is another file.
for _ in 1 2 3 4 5 6 7 8; do
  curl -sS -o reused "$URL/script"
  rm reused
  cp local reused
  chmod +x reused
  assert_runs ./reused
done

curl -sS -o again "$URL/script"
cat local >again
curl -sS -o other "$URL/script"
chmod +x again other
daemon_stop
daemon_start --mode enforce
assert_blocked ./other
assert_runs ./again
daemon_stop
