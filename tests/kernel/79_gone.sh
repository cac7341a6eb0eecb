# A mark ends with its file, so that those of deleted files fill no table; what has another name, is
# still open or lies in a snapshot stays marked.
# weight: 30
# gate: 6.12
# case: keep/gone
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
tar -C www -cf www/archive.tar program
seq 300 >www/lines
serve www
export FS=$T/fs
for name in ext4 xfs btrfs; do make_volume $name; done
mkdir "$FS/tmpfs"
mount -t tmpfs tmpfs "$FS/tmpfs"
daemon_start --mode enforce

curl -sS -o stays "$URL/program"
chmod +x stays
await_stored 1

# The last name, and the last who has it open.
for name in ext4 xfs tmpfs; do
  cd "$FS/$name"
  curl -sS -o program "$URL/program"
  chmod +x program
  await_stored 2
  assert_blocked ./program
  ln program other
  rm program
  assert_blocked ./other
  exec 7<other
  rm other
  check assert_blocked /proc/self/fd/7
  assert_eq "$(stored)" 2 "marks while $name/program is open"
  exec 7<&-
  await_stored 1
  # Another file may get its number.
  for i in {1..20}; do make_elf new$i; done
  for i in {1..20}; do check assert_runs ./new$i; done
done

# Replaced by a rename, as most programs write; and hundreds at once.
cd "$FS/ext4"
curl -sS -o program "$URL/program"
await_stored 2
make_elf local
mv local program
await_stored 1
assert_runs ./program
curl -sS -o lines "$URL/lines"
split -l 1 -a 3 lines many
await_stored 302
rm many*
await_stored 2
rm lines
await_stored 1

# A snapshot of btrfs has the same file again.
cd "$FS/btrfs"
btrfs -q subvolume create v
curl -sS -o v/program "$URL/program"
chmod +x v/program
await_stored 2
btrfs -q subvolume snapshot v w
rm v/program
sync -f v
echo 3 >/proc/sys/vm/drop_caches
check assert_blocked w/program
assert_eq "$(stored)" 2 "marks of a file that a snapshot has"

# What a marked file came out of is known as long as it is there.
cd "$FS/ext4"
curl -sS -o archive.tar "$URL/archive.tar"
mkdir out
tar -C out -xf archive.tar
await_stored 4
rm archive.tar
await_stored 3
linprov show out/program >shown
grep -q "$FS/ext4/archive.tar" shown || fail "$(cat shown)"
assert_blocked out/program

# Also by the next daemon, which has all that there is, and after the inodes were forgotten.
daemon_stop
sync
echo 3 >/proc/sys/vm/drop_caches
daemon_start --mode enforce
await_log "took over 3 marks from"
assert_eq "$(stored)" 3 "marks after a restart"
assert_blocked out/program
assert_blocked "$T/stays"
rm out/program
await_stored 2
assert_eq "$(linprov status --json | jq -c .losses)" "{}" "losses"
daemon_stop
