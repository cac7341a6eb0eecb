# Removes what a scenario left behind; fails if the kernel still holds some of it. With `kept`, a
# daemon goes on, and all that is its own.
for at in $(awk '$2 ~ "^/srv/lab|^/mnt" { print $2 }' /proc/mounts | sort -r); do
  umount -l "$at"
done
rm -rf /srv/lab
[ "${1:-}" != kept ] || exit 0
! getent group linprov >/dev/null || groupdel linprov
rm -rf /var/lib/linprov /run/linprov /run/lab /etc/linprov /sys/fs/bpf/linprov
[ ! -e /sys/fs/bpf/linprov ]
