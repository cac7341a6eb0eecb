# The mark is the same on every filesystem that programs lie on, through the copies that only some
# have, and between them; what lies beside a marked file isn't marked.
# deadline: 900
# daemon: kept
# gate: none
# case: file/filesystems file/kernel_copies file/unnamed
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
serve www

export FS=$T/fs
for name in btrfs xfs ext4 vfat; do make_volume $name; done
mkdir "$FS/tmpfs"
mount -t tmpfs tmpfs "$FS/tmpfs"
daemon_start --mode enforce

# A way begins with the filesystem whose folder it is tried in.
try() {
  mkdir "$FS/${WAY%%:*}/${PWD##*/}"
  cd "$FS/${WAY%%:*}/${PWD##*/}"
  bash -euc -o pipefail "${WAY#*: }" >out 2>&1 || fail "this doesn't work: $WAY: $(cat out)"
  chmod +x program
  check "assert_$1" ./program
}
near_and_far try <<'WAYS'
btrfs: curl -sS $URL/program > program
btrfs: curl -sS -o a $URL/program; cp --reflink=always a program
btrfs: curl -sS -o a $URL/program; copies copy_file_range a program
btrfs: curl -sS -o a $URL/program; copies unnamed a program
btrfs: curl -sS -o a $URL/program; mv a $FS/tmpfs; mv $FS/tmpfs/a program
btrfs: btrfs subvolume create v; curl -sS -o v/a $URL/program; btrfs subvolume snapshot v w; ln -s w/a program
xfs: curl -sS $URL/program > program
xfs: curl -sS -o a $URL/program; cp --reflink=always a program
xfs: curl -sS -o a $URL/program; copies copy_file_range a program
xfs: curl -sS -o a $URL/program; copies unnamed a program
xfs: curl -sS -o $FS/btrfs/a $URL/program; cp $FS/btrfs/a program
ext4: curl -sS -o $FS/xfs/a $URL/program; copies sendfile $FS/xfs/a program
vfat: curl -sS $URL/program > program
vfat: curl -sS -o $FS/ext4/a $URL/program; mv $FS/ext4/a program
tmpfs: curl -sS $URL/program > program
tmpfs: curl -sS -o a $URL/program; copies unnamed a program
tmpfs: curl -sS -o $FS/vfat/a $URL/program; cp $FS/vfat/a program
WAYS

# A program of one's own runs everywhere, also after the inodes were forgotten.
for name in btrfs xfs ext4 vfat tmpfs; do make_elf "$FS/$name/local"; done
sync
echo 3 >/proc/sys/vm/drop_caches
for name in btrfs xfs ext4 vfat tmpfs; do check assert_runs "$FS/$name/local"; done
daemon_stop
