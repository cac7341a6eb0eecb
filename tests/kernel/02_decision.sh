# The kernel programs and src/policy give the same answer to generated rules and facts.
# weight: 4
# gate: 6.12
. /lab/kernel/lib.sh

# What decides is the same C everywhere; each kernel has it checked and compiled by its own.
case $(uname -r) in
  6.12.*) policies=200 ;;
  *) policies=50 ;;
esac

# linprov's own runtime is the only one here.
linprov --version
runtime=(/var/cache/linprov/*/linprov)
[ -x "${runtime[0]}" ] || fail "the runtime isn't in /var/cache/linprov: $(ls -R /var/cache/linprov)"
assert_runs "${runtime[0]}" run --allow-all --no-config --no-remote \
  /lab/decide/check.js /lab/decide/linprov.bpf.o /lab/decide $policies
cat .out
grep -q "^the same answers: $((policies * 110)) cases" .out || fail "not all cases were decided"
