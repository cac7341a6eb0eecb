# A marked file in a lower layer is marked through the overlay too, and copied up with its attribute:
# nobody else may set that.
# daemon: kept
# case: file/overlay
. /lab/kernel/lib.sh

mkdir -p www lower upper work merged
make_elf www/program
serve www
grep -qw overlay /proc/filesystems || modprobe overlay
daemon_start --mode enforce --log-level debug
log_mark
curl -sS -o lower/program "$URL/program"
await_log "marked $T/lower/program"
await_mark lower/program
mount -t overlay -o "lowerdir=$T/lower,upperdir=$T/upper,workdir=$T/work" none merged
chmod +x lower/program
check assert_blocked lower/program

# Through the overlay it is the same file; what is local below runs.
make_elf lower/fine
printf '#!/bin/sh\necho ran\n' >www/script
curl -sS -o lower/script "$URL/script"
chmod +x lower/script
check assert_blocked merged/program
check assert_blocked merged/script
check assert_blocked bash merged/script
check assert_runs merged/fine
# So it is in one over that one, and after the kernel has forgotten its inodes.
mkdir upper2 work2 merged2
mount -t overlay -o "lowerdir=$T/merged,upperdir=$T/upper2,workdir=$T/work2" none merged2
check assert_blocked merged2/program
check assert_runs merged2/fine
umount merged2
sync
echo 2 >/proc/sys/vm/drop_caches
check assert_blocked merged/program
check assert_runs merged/fine

assert_runs chmod 700 merged/program
[ -e upper/program ] || fail "the file wasn't copied up"
check assert_eq "$(getfattr --only-values -n security.bpf.linprov.origin upper/program | od -An -tx1)" \
  "$(getfattr --only-values -n security.bpf.linprov.origin lower/program | od -An -tx1)" "attribute"

# The copy is marked like what it was copied from, until local bytes take its place.
check assert_blocked upper/program
check assert_blocked merged/program
make_elf merged/program
check assert_runs merged/program
check assert_runs upper/program

# What is written through the overlay is marked there.
curl -sS -o merged/new "$URL/program"
chmod +x merged/new
check assert_blocked merged/new
make_elf merged/local
check assert_runs merged/local

touch plain
check assert_rc 1 setfattr -n security.bpf.linprov.origin -v x plain
check assert_rc 1 setfattr -x security.bpf.linprov.origin upper/program
umount merged
daemon_stop
