# A marked and a local file, executed in turns on one CPU by two processes: no verdict is the other's.
# weight: 3
# deadline: 300
# daemon: kept
# gate: 6.12
# case: keep/two_at_once
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
make_elf local
serve www
daemon_start --mode enforce
curl -sS -o marked "$URL/program"
chmod +x marked

# tries PROGRAM COUNT: executes it so often on CPU 0; prints how often it ran.
cat >tries.py <<'END'
import os, sys
from spawn import outcome
os.sched_setaffinity(0, {0})
print(sum(outcome(sys.argv[1]) is not None for _ in range(int(sys.argv[2]))))
END
export PYTHONPATH=/lab/kernel
python3 tries.py ./marked 400 >ran-marked &
MARKED=$!
python3 tries.py ./marked 400 >ran-marked2 &
MARKED2=$!
python3 tries.py ./local 400 >ran-local
wait $MARKED $MARKED2
assert_eq "$(cat ran-marked ran-marked2)" "0
0" "runs of the marked one"
assert_eq "$(cat ran-local)" 400 "runs of the local one"
daemon_stop
