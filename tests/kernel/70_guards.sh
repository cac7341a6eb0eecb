# Guards: what each covers works without it, is refused with it and told of, works by the exception
# that was named, and works again when the guard is off; from the host's namespaces and from others.
# weight: 28
# deadline: 900
# gate: 6.12
. /lab/kernel/lib.sh

# guards TEXT [MODE]: has the daemon take over this configuration, and waits until it has.
guards() {
  printf '%s\n' "mode = \"${2:-enforce}\"" "allowlist = \"$T/allowlist\"" "$1" >config
  daemon_reload
  # Long, because an emulated machine beside others takes its time to check programs.
  await_log 'loaded 0 of 0' 120
  log_mark
}

# elsewhere CMD…: runs it as in a container: in a mount namespace that was made before any guard.
elsewhere() {
  nsenter --mount="$T/other/ns" "$@"
}

# refused NAME REASON CMD…: EPERM, and the log says why.
refused() {
  local name=$1 reason=$2
  shift 2
  assert_refused \
    "WARN linprov.event: GUARD-BLOCKED name=$name reason=$reason pid=[0-9]+ comm=[^ ]+ uid=0" "$@"
}

# told NAME REASON CMD…: it works, and the log says that it might not have.
told() {
  local name=$1 reason=$2
  shift 2
  log_mark
  assert_runs "$@"
  await_log "INFO linprov.event: GUARD-WOULD-BLOCK name=$name reason=$reason pid="
}

: >allowlist
mkdir other
mount --bind other other
mount --make-private other
touch other/ns
unshare --mount=other/ns true
make_elf ran
cp "$(realpath /usr/bin/python3)" another_python

cat >fileless.py <<'END'
import ctypes, os, sys
how = sys.argv[1]
text = open("/lab/bin/ran", "rb").read()
if how in ("memfd", "ld.so"):
    fd = os.memfd_create("hidden", 0)
else:
    fd = os.open("gone", os.O_RDWR | os.O_CREAT, 0o755)
    os.unlink("gone")
os.write(fd, text)
path = f"/proc/self/fd/{fd}"
if how == "library":
    # A private mapping that is executable, as a loader makes it.
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    got = libc.mmap(None, ctypes.c_size_t(4096), 5, 2, fd, ctypes.c_long(0))
    if got == ctypes.c_void_p(-1).value:
        sys.exit(os.strerror(ctypes.get_errno()))
    print("mapped")
    sys.exit(0)
if how == "jit":
    # A shared one, as just-in-time compilers do.
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    got = libc.mmap(None, ctypes.c_size_t(4096), 5, 1, fd, ctypes.c_long(0))
    sys.exit(got == ctypes.c_void_p(-1).value)
if how == "unlinked":
    # Text file busy otherwise.
    again = os.open(path, os.O_RDONLY)
    os.close(fd)
    path = f"/proc/self/fd/{again}"
    os.set_inheritable(again, True)
try:
    os.execv(path, ["ran"])
except OSError as error:
    sys.exit(error.strerror)
END

module=$(find "/lib/modules/$(uname -r)" -name 'ts_kmp.ko*')
case $module in
  *.xz) xz -dc "$module" >ts_kmp.ko ;;
  *) cp "$module" ts_kmp.ko ;;
esac
# From memory, without the signature at its end.
cat >module.py <<'END'
import ctypes, os, struct, sys
text = open("ts_kmp.ko", "rb").read()
magic = b"~Module signature appended~\n"
if text.endswith(magic):
    size, = struct.unpack(">I", text[-len(magic) - 4:-len(magic)])
    text = text[:-len(magic) - 12 - size]
libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(175, text, ctypes.c_ulong(len(text)), b"") != 0:
    sys.exit(os.strerror(ctypes.get_errno()))
END
load() {
  case $1 in
    file) insmod "$T/ts_kmp.ko" ;;
    memory) python3 module.py ;;
  esac && rmmod ts_kmp
}
export -f load
export T

cat >image.py <<'END'
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    got = libc.syscall(number, *arguments)
    if got < 0:
        sys.exit(os.strerror(ctypes.get_errno()))
    return got
def bpf(command, attributes):
    buffer = ctypes.create_string_buffer(attributes.ljust(128, b"\0"), 128)
    return call(321, command, buffer, 128)
def load(kind, code):
    instructions = b"".join(struct.pack("<BBhi", *each) for each in code)
    text = ctypes.create_string_buffer(instructions)
    gpl = ctypes.create_string_buffer(b"GPL")
    address = ctypes.addressof
    bpf(5, struct.pack("<IIQQ", kind, len(code), address(text), address(gpl)))
EXIT = [(0xb7, 0, 0, 0), (0x95, 0, 0, 0)]
how = sys.argv[1]
try:
    if how == "dev_mem":
        open("/dev/mem", "rb")
    elif how == "kcore":
        open("/proc/kcore", "rb")
    elif how == "ioport":
        call(172, 3)
    elif how == "kexec":
        # Nothing to be loaded: what was is forgotten.
        call(246, 0, 0, None, 0)
    elif how == "pci_access":
        place = "/sys/bus/pci/devices/" + os.listdir("/sys/bus/pci/devices")[0] + "/config"
        fd = os.open(place, os.O_RDWR)
        os.pwrite(fd, os.pread(fd, 1, 0x3c), 0x3c)
    elif how == "bpf_write":
        # bpf_probe_write_user(0, a byte of the stack, 1)
        load(2, [(0x7a, 10, -8, 0), (0xb7, 1, 0, 0), (0xbf, 0xa2, 0, 0), (0x07, 2, 0, -8),
                 (0xb7, 3, 0, 1), (0x85, 0, 0, 36)] + EXIT)
    elif how == "map_create":
        bpf(0, struct.pack("<IIII", 2, 4, 4, 1))
    elif how == "prog_load":
        load(1, EXIT)
    elif how == "btf_load":
        text = struct.pack("<HBBIIIII", 0xeb9f, 1, 0, 24, 0, 16, 16, 5)
        text += struct.pack("<IIII", 1, 1 << 24, 4, 32) + b"\0int\0"
        buffer = ctypes.create_string_buffer(text)
        bpf(18, struct.pack("<QQI", ctypes.addressof(buffer), 0, len(text)))
except OSError as error:
    sys.exit(error.strerror)
END
image="python3 $T/image.py"

cat >new.py <<'END'
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
how, flags = sys.argv[1], int(sys.argv[2], 16)
if how == "clone":
    got = libc.syscall(56, ctypes.c_ulong(flags | 17), None, None, None, None)
elif how == "clone3":
    arguments = ctypes.create_string_buffer(struct.pack("<8Q", flags, 0, 0, 0, 17, 0, 0, 0))
    got = libc.syscall(435, arguments, 64)
elif how == "open_tree":
    got = libc.syscall(428, -100, b"/", flags)
elif how == "leftover":
    os.seteuid(1000)
    if libc.unshare(flags) == 0:
        sys.exit("a user made a namespace")
    os.seteuid(0)
    name = os.uname().nodename.encode()
    got = libc.sethostname(name, len(name)) or 1
if got < 0:
    sys.exit(os.strerror(ctypes.get_errno()))
if got == 0:
    os._exit(0)
END
new="python3 $T/new.py"
fileless="python3 $T/fileless.py"
mkdir mnt

# `linprov run` takes flags and file; what it doesn't know is named.
assert_rc 2 linprov run --guard usb=deny
grep -q 'is no guard: there are kernel-image, kimg, kernel-modules, kmodules, bpf' .out ||
  fail "$(cat .out)"
printf '[guard.fileless]\npermission = "deny"\nallow = ["memfb"]\n' >config
assert_rc 3 linprov run --config "$T/config"
grep -q 'line 3: guard.fileless.allow: "memfb" is no operation of fileless' .out ||
  fail "$(cat .out)"
assert_runs linprov doctor
grep -q 'ok  guards .*all can be used' .out || fail "$(cat .out)"

printf '%s\n' 'mode = "enforce"' "allowlist = \"$T/allowlist\"" >config
daemon_start --config "$T/config"
linprov status --json >.out
assert_eq "$(jq -c .guards .out)" '[]' "guards"
hooks=$(jq -c .hooks .out)

## What all have in common: one operation of each.
names=(kernel-image kernel-modules bpf fileless filesystem namespaces)
reasons=(ioport load_module prog_load memfd mount net)
acts=("$image ioport" 'bash -c load\ file' "$image prog_load" "$fileless memfd"
  "mount -t tmpfs something $T/mnt" 'unshare --net true')

# all PERMISSION [MODE]: sets all of them. With allow as $ALLOW their operations are excepted.
all() {
  local i text=
  for i in "${!names[@]}"; do
    text="$text
[guard.${names[i]}]
permission = \"$1\""
    # The rest of the root filesystem is this scenario's too.
    [ "${names[i]}" != filesystem ] || text="$text
block = [\"mount\", \"umount\"]"
    [ -z "${ALLOW:-}" ] || text="$text
allow = [\"${reasons[i]}\"]"
  done
  guards "$text" "${2:-enforce}"
}

# each EXPECTED [HOW]: for each guard, EXPECTED with its name and reason, for HOW with its act.
each() {
  local i
  for i in "${!names[@]}"; do
    eval "check $1 ${names[i]} ${reasons[i]} ${2:-} ${acts[i]}"
  done
}
runs() {
  shift 2
  assert_runs "$@"
  log_lacks 'GUARD-[A-Z-]* '
}

each runs
each runs elsewhere
all restrict
each runs
each refused elsewhere
all none
each runs
each told elsewhere
all deny
each refused
each refused elsewhere
all deny observe
each told
ALLOW=1 all deny
each runs
linprov status --json >.out
assert_eq "$(jq -c '[.guards[] | [.blocked > 2, .would_block > 1, .spared]] | length, unique' .out |
  tr '\n' ' ')" '6 [[true,true,0]] ' "what the guards did"
python3 /lab/kernel/json_schema.py /lab/kernel/status.schema.json <.out || fail "see above"
linprov status >.out
grep -Eq 'guard fileless +deny \(unlinked library\): [0-9]+ refused' .out || fail "$(cat .out)"
guards ''
each runs
each runs elsewhere
while mountpoint -q mnt; do umount mnt; done

## fileless
for how in memfd unlinked library jit; do check assert_runs $fileless $how; done
guards '[guard.memfd]
permission = "deny"'
check refused fileless unlinked $fileless unlinked
check refused fileless library $fileless library
check assert_runs $fileless jit
check assert_runs ./ran
guards '[guard.fileless]
permission = "deny"
block = ["memfd"]'
check refused fileless memfd $fileless memfd
check assert_runs $fileless unlinked
check assert_runs $fileless library
guards "[guard.fileless]
permission = \"deny\"
programs = [\"$(realpath /usr/bin/python3)\"]"
check assert_runs $fileless memfd
check refused fileless memfd ./another_python fileless.py memfd

## kernel-modules
guards '[guard.kmodules]
permission = "deny"
block = ["load_module"]'
check refused kernel-modules load_module bash -c 'load memory'
guards '[guard.kmodules]
permission = "deny"
allow = ["load_module"]'
check refused kernel-modules unsigned_module bash -c 'load memory'
parameter=/sys/module/8250/parameters/share_irqs
set_parameter="echo $(cat $parameter) >$parameter"
check refused kernel-modules unsafe_module_parameters bash -c "$set_parameter"
# Who asks for a socket of a family that isn't there isn't told why there is none.
family="import socket; socket.socket(38, 5, 0)"
log_mark
check assert_rc 1 python3 -c "$family"
check await_log 'GUARD-BLOCKED name=kernel-modules reason=autoload_module .* target=net-pf-38'
guards ''
check assert_runs bash -c "$set_parameter"
check assert_runs bash -c 'load memory'
check assert_runs python3 -c "$family"
rmmod af_alg

## kernel-image
reached=
for reason in dev_mem kcore kexec pci_access bpf_write; do
  # Not every kernel is built with everything.
  $image $reason >.out 2>&1 || { echo "not on this kernel: $reason: $(cat .out)"; continue; }
  reached="$reached $reason"
done
[[ "$reached" == *kexec*bpf_write* ]] || fail "too little can be tried: $reached"
guards '[guard.kimg]
permission = "deny"'
# A program that calls what it may not: there is no such function for it.
OTHERWISE='Invalid argument'
for reason in $reached; do check refused kernel-image $reason $image $reason; done
OTHERWISE=
check refused kernel-image unsafe_module_parameters bash -c "$set_parameter"
check refused kernel-image unsigned_module bash -c 'load memory'
log_mark
check assert_rc 1 python3 -c "$family"
check await_log 'GUARD-BLOCKED name=kernel-image reason=autoload_module .* target=net-pf-38'
check assert_runs bash -c 'load file'

## bpf
guards ''
for reason in map_create btf_load bpf_write; do check assert_runs $image $reason; done
guards '[guard.disablebpf]
permission = "deny"'
for reason in map_create btf_load; do check refused bpf $reason $image $reason; done
check refused bpf prog_load $image bpf_write
# linprov goes on using it.
guards '[guard.bpf]
permission = "deny"
block = ["bpf_write"]
[guard.fileless]
permission = "deny"'
check assert_runs $image prog_load
OTHERWISE='Invalid argument' check refused bpf bpf_write $image bpf_write
check refused fileless memfd $fileless memfd

## namespaces
ways='user unshare --user true
mount unshare --mount true
net unshare --net true
pid unshare --pid --fork true
ipc unshare --ipc true
uts unshare --uts true
cgroup unshare --cgroup true
mount NEW clone 20000
cgroup NEW clone 2000000
uts NEW clone 4000000
ipc NEW clone3 8000000
user NEW clone3 10000000
pid NEW clone 20000000
net NEW clone3 40000000'
# A mount namespace by open_tree, from Linux 7.0 on.
case $LAB_RELEASE in
  6.*) ;;
  *) ways="$ways
mount NEW open_tree 2" ;;
esac
mapfile -t ways <<<"${ways//NEW/$new}"
for WAY in "${ways[@]}"; do check assert_runs ${WAY#* }; done
guards '[guard.namespaces]
permission = "deny"'
for WAY in "${ways[@]}"; do check refused namespaces "${WAY%% *}" ${WAY#* }; done
# What the kernel refuses by itself leaves nothing behind for what the same thread does next.
check assert_runs $new leftover 40000000
guards '[guard.namespaces]
permission = "restrict"'
for WAY in "${ways[@]}"; do check refused namespaces "${WAY%% *}" elsewhere ${WAY#* }; done
for WAY in "${ways[@]}"; do check assert_runs ${WAY#* }; done
WAY=

## filesystem
guards '[guard.filesystem]
permission = "deny"
block = ["mount", "umount"]
mounts = ["tmpfs"]'
check refused filesystem mount mount --bind other mnt
check refused filesystem mount mount -t proc proc mnt
check assert_runs mount -t tmpfs something mnt
check refused filesystem umount umount mnt
guards '[guard.filesystem]
permission = "deny"
block = ["mount"]
mounts = ["bind"]'
check assert_runs umount mnt
check assert_runs mount --bind other mnt
umount mnt
check refused filesystem mount mount -t tmpfs something mnt
guards '[guard.filesystem]
permission = "deny"
allow = ["write_root"]'
check refused filesystem remount_root mount -o remount,rw /
check refused filesystem sysfs_write bash -c ": >>$parameter"
check assert_runs touch /opt/file
guards "[guard.filesystem]
permission = \"deny\"
block = [\"write_root\"]
paths = [\"$T/\", \"/opt/listed\"]"
check assert_runs mount -o remount,rw /
check assert_runs bash -c ": >>$parameter"
check assert_runs touch /dev/shm/file "$T/file" /opt/listed
for way in 'touch /opt/new' 'tee -a /opt/file' 'chmod 600 /opt/file' 'chown 1 /opt/file' \
  'truncate -s 0 /opt/file' 'mkdir /opt/folder' 'ln -s x /opt/link' 'ln /opt/file /opt/link' \
  'mv /opt/file /opt/other' 'rm -f /opt/file' 'rmdir /opt' \
  "mv $T/file /opt/new" 'mkfifo /opt/fifo'; do
  WAY=$way
  check refused filesystem write_root $way </dev/null
done
WAY=
check assert_runs cat /opt/file
guards '[guard.filesystem]
permission = "restrict"
block = ["write_root"]'
check assert_runs touch /opt/file
check refused filesystem write_root elsewhere tee -a /opt/file </dev/null
guards ''
check assert_runs rm /opt/file /opt/listed
linprov status --json >.out
assert_eq "$(jq -c .hooks .out)" "$hooks" "hooks after the guards are off"

## A crash leaves guards in force; the next daemon can start in spite of them.
guards "protect_self = false
[guard.bpf]
permission = \"deny\"
[guard.filesystem]
permission = \"deny\"
block = [\"write_root\"]
paths = [\"$T/\"]"
kill -KILL "$DAEMON_PID"
wait "$DAEMON_PID" 2>/dev/null || true
check assert_blocked $image prog_load
check assert_blocked touch /opt/file
sed -i '/^\[guard.filesystem/,$d' config
daemon_start --config "$T/config" --guard memfd=deny
await_log 'guard bpf: deny'
await_log 'guard fileless: deny memfd, unlinked, library'
check assert_runs touch /opt/file
check refused bpf prog_load $image prog_load
check refused fileless memfd $fileless memfd
guards ''
check assert_runs $image prog_load
# The command line still says so.
check refused fileless memfd $fileless memfd
daemon_stop
check assert_runs $fileless memfd
