# While it runs, nobody but linprov sets or removes its extended attribute; others are everybody's.
# weight: 7
# deadline: 600
# case: keep/xattr file/local_again
. /lab/kernel/lib.sh

NAME=security.bpf.linprov.origin
mkdir www
printf '#!/bin/sh\necho ran\n' | tee www/script >local
serve www
daemon_start --mode enforce --log-level debug
curl -sS -o script "$URL/script"
cp local user_file
chown user user_file
as_user user curl -sS -o /home/user/script "$URL/script"
chmod +x script /home/user/script local
daemon_stop
# It has written them by now, at the latest.
for file in script /home/user/script; do
  size=$(getfattr -n $NAME --only-values $file 2>/dev/null | wc -c)
  [ "$size" -gt 0 ] && [ "$size" -le 52 ] || fail "the attribute of $file has $size bytes"
done
getfattr -n $NAME local 2>/dev/null && fail "an attribute on a local file"

daemon_start --mode enforce
for name in $NAME security.bpf.linprov.other; do
  check assert_blocked setfattr -n $name -v 0x00 local
  check assert_blocked as_user user setfattr -n $name -v 0x00 "$T/user_file"
done
check assert_blocked setfattr -x $NAME script
check assert_blocked as_user user setfattr -x $NAME /home/user/script
check assert_rc 1 setfattr -n $NAME -v 0x00 script
check assert_rc 1 as_user user setfattr -n $NAME -v 0x00 /home/user/script
assert_blocked ./script
assert_blocked /home/user/script
assert_runs ./local

# Its neighbours are nobody's, and tools that copy attributes have nothing to complain of.
assert_runs setfattr -n security.bpf.other -v 0x00 local
assert_runs setfattr -n security.bpf.linpro -v 0x00 local
assert_runs as_user user setfattr -n user.linprov -v 0x00 "$T/user_file"
assert_runs cp -a script copy
assert_eq "$(cat .out)" "" "what cp says"
assert_blocked ./copy
assert_runs mv script /dev/shm/script
assert_eq "$(cat .out)" "" "what mv says"
assert_blocked /dev/shm/script
daemon_stop
assert_runs setfattr -n $NAME -v 0x00 local
