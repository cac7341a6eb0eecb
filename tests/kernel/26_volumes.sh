# Volumes whose files somebody else may have written unseen: what lies on them runs only by a rule.
# weight: 8
# gate: 6.12
# case: source/volumes file/images
. /lab/kernel/lib.sh

mkdir www mnt image local
make_elf www/program
printf '#!/bin/sh\necho ran\n' >www/script.sh
chmod +x www/script.sh
serve www
: >allowlist
daemon_start --mode enforce --allowlist "$T/allowlist"

# rules LINE…: they are the allowlist.
rules() {
  printf '%s\n' "$@" >allowlist
  daemon_reload
  await_log "loaded $# of $# "
}

# foreign: what is on mnt doesn't run but by a rule; what was copied from there neither.
foreign() {
  check assert_blocked mnt/program
  check assert_blocked bash mnt/script.sh
  check assert_rc 127 /lib64/ld-linux-x86-64.so.2 "$T/mnt/true"
  cp mnt/program local/copy
  check assert_blocked local/copy
  rm local/copy
  rules "origin_zone=foreign;target_folder=$T/mnt/"
  check assert_runs mnt/program
  check assert_runs /lib64/ld-linux-x86-64.so.2 "$T/mnt/true"
  check assert_runs bash mnt/script.sh
  rules "origin_zone=internet"
  check assert_blocked mnt/program
  rules "origin_zone=foreign;target_folder=$T/other/"
  check assert_blocked mnt/program
}

fill() {
  cp www/program www/script.sh /usr/bin/true "$1"
}

# A FUSE volume: sshfs without ssh, over a pair of pipes to sftp-server.
WAY=fuse
mkdir far
fill far
grep -qw fuse /proc/filesystems || modprobe fuse
mkfifo in out
/usr/lib/openssh/sftp-server <in >out &
sshfs -o passive,allow_other "remote:$T/far" mnt >in <out &
until mountpoint -q mnt; do read -rt 0.1 <> <(:) || true; done
foreign
umount mnt
check assert_runs far/program

# debug_disk: the disk that scsi_debug makes, once it is there.
debug_disk() {
  modprobe sd_mod
  until ls -d /sys/block/sd* >"$T/.disk" 2>/dev/null; do read -rt 0.1 <> <(:) || true; done
  local name
  name=$(basename "$(cat "$T/.disk")")
  until [ -b "/dev/$name" ]; do read -rt 0.1 <> <(:) || true; done
  echo "/dev/$name"
}

# A disk that says it is removable.
WAY=removable
modprobe scsi_debug removable=1 dev_size_mb=16
disk=$(debug_disk)
mke2fs -q "$disk"
mount "$disk" mnt
fill mnt
foreign
umount mnt

# The same disk, if it weren't removable: nothing foreign about it.
rules 'creator_comm=nobody'
modprobe -r scsi_debug
modprobe scsi_debug removable=0 dev_size_mb=16
disk=$(debug_disk)
mke2fs -q "$disk"
mount "$disk" mnt
fill mnt
check assert_runs mnt/program
check assert_runs bash mnt/script.sh
umount mnt

# A mount inside a user namespace; the same mount in the host's is local.
WAY=userns
cat >inside.sh <<'END'
set -e
mount -t tmpfs none mnt
cp www/program mnt
mnt/program
END
check assert_blocked unshare -rm sh inside.sh
check assert_runs unshare -m sh inside.sh
rules "origin_zone=foreign"
check assert_runs unshare -rm sh inside.sh
rules 'creator_comm=nobody'

# An image that came from the network has its own origin; an image made here is local.
WAY=image
[ -e /dev/loop-control ] || modprobe loop
fill image
mke2fs -q -d image www/volume 8M
for host in 127.0.0.1 $REMOTE; do
  curl -sS -o "volume-$host" "http://$host:${URL##*:}/volume"
  mount -o loop "volume-$host" mnt
  if [ $host = $REMOTE ]; then
    check assert_blocked mnt/program
    check assert_blocked bash mnt/script.sh
    rules "origin_zone=internet;creator_comm=curl"
    check assert_runs mnt/program
    rules 'creator_comm=nobody'
  else
    check assert_runs mnt/program
  fi
  umount mnt
done

# What the configuration leaves out isn't foreign, from the next reload on.
WAY=configured
daemon_stop
printf 'foreign_volumes = ["network"]\n' >config.toml
daemon_start --mode enforce --config config.toml --allowlist "$T/allowlist"
check assert_runs unshare -rm sh inside.sh
daemon_stop
