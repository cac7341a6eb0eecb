# Filesystems that move bytes from file to file, or make a file another one, when ioctl(2) asks them:
# no hook sees a read or a write there.
# weight: 20
# gate: 6.12
# case: file/ioctl
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
serve www
export FS=$T/fs
make_volume xfs
make_volume ext4 old -O ^metadata_csum
chown user: "$FS/xfs" "$FS/old"

# forgotten: the kernel has no inode of them in memory any more.
forgotten() {
  sync
  echo 3 >/proc/sys/vm/drop_caches
}

# swapped: as a user, who needs no more than two files of his own.
swapped() {
  as_user user behind swap a b
}

# What is tried works where nobody refuses it.
cd "$FS/xfs"
make_elf a
truncate -s "$(stat -c %s a)" b
chmod 755 b
chown user: a b
sync
swapped
forgotten
assert_runs ./b
cd "$FS/old"
make_elf local
chown user: local
for way in generation generation32; do
  before=$(lsattr -v local)
  as_user user behind $way local
  [ "$(lsattr -v local)" != "$before" ] || fail "$way changes nothing: $before"
done

daemon_start --mode enforce

cd "$FS/xfs"
rm a b
as_user user curl -sS -o a "$URL/program"
truncate -s "$(stat -c %s a)" b
chmod 755 a b
chown user: b
sync
assert_blocked ./a
check assert_blocked swapped
forgotten
check assert_blocked ./a
check assert_rc 126 ./b
# Root may: xfs_fsr does.
make_elf c
truncate -s "$(stat -c %s c)" d
chmod 755 d
sync
check assert_rc 0 behind swap c d
forgotten
check assert_runs ./d

cd "$FS/old"
as_user user curl -sS -o program "$URL/program"
chmod +x program
sync
assert_blocked ./program
for way in generation generation32; do
  check assert_blocked as_user user behind $way program
  check assert_blocked behind $way program
  forgotten
  check assert_blocked ./program
  # An unmarked file's is its owner's.
  check assert_rc 0 as_user user behind $way local
done
assert_runs ./local
daemon_stop
