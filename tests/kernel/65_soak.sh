# A little of `scripts/dev.sh soak-test`: random activity with faults in between, and no wrong verdict.
# kernels: 6.12 -- scripts/dev.sh soak-test takes any of them, for as long as there is time
# deadline: 900
# gate: none
# case: keep/long_runs
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
tar -C www -czf www/program.tar.gz program
serve www
export URL NEAR LOG
python3 /lab/kernel/soak.py "${LAB_SOAK_SECONDS:-60}" "${LAB_SOAK_SEED:-1}" >report || {
  cat report
  fail "the soak test found something, see above"
}
cat report
