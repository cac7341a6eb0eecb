# Measures in a guest; $LAB_BENCH says under what: none, empty (the floor) or linprov.
. /lab/kernel/lib.sh

# Counts with nothing else at work: a watch on the log makes every write on its filesystem dearer.
count() {
  pkill -x tail || true
  "$@" </dev/null
}

# attach PROGRAM ARGS…: starts what loads BPF, and waits until it has.
attach() {
  log_mark
  python3 "$@" >>"$LOG" 2>&1 &
  DAEMON_PID=$!
  # The host's disk takes its time, too, and the guest's clock goes on meanwhile.
  await_log '^attached [1-9]' 150
}

detach() {
  kill "$DAEMON_PID"
  wait "$DAEMON_PID" || true
  DAEMON_PID=
}

remote_up
case $LAB_BENCH in
  none) ;;
  empty) attach /lab/attach.py /lab/empty/*.o ;;
  linprov) attach /lab/load.py /lab/linprov.bpf.o /lab/tables.json ;;
  *) fail "no way to measure '$LAB_BENCH'" ;;
esac

# A fork costs what its page tables do: 2 % more or less by where things lie.
echo 0 >/proc/sys/kernel/randomize_va_space
# In its first seconds the kernel is slower. Nothing runs meanwhile, so they are over at once.
sleep 20
count ops

# A marked file as data of an interpreter, which each read must tell from a program.
[ -e downloaded ] || fail "the source wrote no file"
cp /lab/bin/ops python3
count ./python3 data downloaded | sed 's/^pread/pread-interpreter/'

# What the number of rules costs: a marked program that one rule permits, among few and many.
[ "$LAB_BENCH" = linprov ] || exit 0
detach
mkdir www
cp /lab/bin/nothing www/
serve www
for rules in 10 100000; do
  attach /lab/load.py /lab/linprov.bpf.o /lab/tables.json "/lab/rules-$rules"
  curl -sS -o "marked-$rules" "$URL/nothing"
  chmod +x "marked-$rules"
  count ops exec "./marked-$rules" | sed "s/^exec/exec-marked-$rules-rules/"
  detach
done
