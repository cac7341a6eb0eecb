# What a host lacks is said, each with exit code 4; help needs none of it.
# deadline: 600
. /lab/kernel/lib.sh

# without WHAT CMD…: runs it where WHAT is hidden.
without() {
  local what=$1
  shift
  unshare -m bash -c '
    case $1 in
      libbpf) for f in /usr/lib/*/libbpf.so.1*; do mount --bind /dev/null "$f"; done ;;
      lsm) mount --bind /run/lsm /sys/kernel/security/lsm ;;
      btf) mount -t tmpfs none /sys/kernel/btf ;;
    esac
    shift
    exec "$@"' bash "$what" "$@"
}

cd /
assert_rc 4 without libbpf linprov run
grep -q 'libbpf' "$T/.out" || fail "$(cat "$T/.out")"
grep -q 'apt-get install libbpf1' "$T/.out" || fail "no fix: $(cat "$T/.out")"
assert_rc 4 without btf linprov run
grep -q 'btf' "$T/.out" || fail "$(cat "$T/.out")"
echo landlock,yama >/run/lsm
assert_rc 4 without lsm linprov run
grep -q 'lsm=.*bpf' "$T/.out" || fail "no fix: $(cat "$T/.out")"
assert_rc 4 as_user user linprov run
grep -q 'sudo' "$T/.out" || fail "no fix: $(cat "$T/.out")"

assert_runs linprov doctor
assert_rc 4 without btf linprov doctor
assert_rc 4 as_user user linprov doctor
assert_runs without libbpf linprov --help
assert_runs without libbpf runuser -u user -- linprov --version
assert_rc 2 linprov frobnicate
