# The calls of libbpf, as ffi/ makes them, against this kernel: what each does, and how each fails.
# weight: 4
. /lab/kernel/lib.sh

# linprov's own runtime is the only one here.
linprov --version
runtime=(/var/cache/linprov/*/linprov)
[ -x "${runtime[0]}" ] || fail "the runtime isn't in /var/cache/linprov: $(ls -R /var/cache/linprov)"
assert_runs "${runtime[0]}" run --allow-all --no-config --no-remote /lab/ffi/check.js /lab/ffi
cat .out

# It can fail: without its objects it does.
if "${runtime[0]}" run --allow-all --no-config --no-remote /lab/ffi/check.js /nowhere 2>.err; then
  fail "the check passes without the objects it loads"
fi
