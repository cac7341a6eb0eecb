# What a host lacks is said by `run` and `doctor`, with what to do; help needs nothing at all.
# deadline: 900
# kernels: 6.12 -- what user space says and does: kernels do not differ in it
# gate: none
. /lab/kernel/lib.sh

# says CODE TEXT CMD…: CMD ends with that code and says all lines of TEXT.
says() {
  local code=$1 text=$2 line
  shift 2
  assert_rc "$code" "$@"
  while read -r line; do
    grep -qF -e "$line" .out || fail "$*: expected '$line' in: $(cat .out)"
  done <<<"$text"
  if grep -q '^ *at ' .out; then fail "$*: a stack trace: $(cat .out)"; fi
}

# without PATH CMD…: runs it where PATH is an empty file or folder.
without() {
  if [ -d "$1" ]; then mkdir -p empty; else : >empty_file; fi
  local over=$T/empty_file
  [ ! -d "$1" ] || over=$T/empty
  unshare -m bash -euc 'mount --bind "$0" "$1"; shift; exec "$@"' "$over" "$@"
}

check says 0 'This host can enforce.
ok  root
ok  kernel version
ok  kernel BTF
ok  BPF LSM
ok  lockdown
ok  BPF JIT
ok  libbpf
ok  hooks' linprov doctor

# Not root.
check says 4 'linprov: cannot load the kernel programs: running as uid 1000
sudo' as_user user linprov run
check says 4 'NO  root
running as uid 1000
This host is not protected: root' as_user user linprov doctor
check says 0 'linprov' runuser -u nobody -- env -i "PATH=$PATH" linprov --version

# No libbpf.
libbpf=$(readlink -f /usr/lib/x86_64-linux-gnu/libbpf.so.1)
check says 0 'run' without "$libbpf" linprov
check says 4 'libbpf
apt-get install libbpf1' without "$libbpf" linprov run
check says 4 'NO  libbpf
libbpf1' without "$libbpf" linprov doctor

# A kernel without the BPF LSM, one that doesn't tell, one without types. With GRUB, the command is
# the exact one.
echo lockdown,capability,yama >lsm
other_lsm() {
  unshare -m bash -euc 'mount --bind "$0" /sys/kernel/security/lsm; exec "$@"' "$T/lsm" "$@"
}
check says 4 'linprov: cannot decide in this kernel: active: lockdown,capability,yama, without bpf
add lsm=lockdown,capability,yama,bpf to the kernel command line' other_lsm linprov run
mkdir -p /etc/default/grub.d
echo 'GRUB_CMDLINE_LINUX=""' >/etc/default/grub
install -m 755 /bin/true /usr/sbin/update-grub
check says 4 'NO  BPF LSM
This host is not protected: BPF LSM
linprov.cfg && update-grub && reboot' other_lsm linprov doctor
rm -r /etc/default/grub /etc/default/grub.d /usr/sbin/update-grub
check says 4 'mount -t securityfs' without /sys/kernel/security linprov run
check says 4 '/sys/kernel/btf/vmlinux does not exist
CONFIG_DEBUG_INFO_BTF' without /sys/kernel/btf linprov run
check says 4 'NO  kernel BTF
??  hooks' without /sys/kernel/btf linprov doctor

# Enforcement works without a BPF filesystem, rules over contents don't.
check says 0 '--  BPF filesystem
--  file digests
This host can enforce.' without /sys/fs/bpf linprov doctor
check says 0 'ok  file digests' linprov doctor

# Nothing is left of all this.
check assert_rc 1 test -e /run/linprov/control.sock
daemon_start --mode observe
daemon_stop
