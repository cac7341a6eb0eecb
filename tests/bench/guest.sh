# Measures in a guest; $LAB_BENCH says under what: none, empty (the floor) or linprov.
. /lab/kernel/lib.sh

case $LAB_BENCH in
  none) ;;
  empty)
    python3 /lab/attach.py /lab/empty/*.o >"$LOG" 2>&1 &
    DAEMON_PID=$!
    await_log '^attached [1-9]'
    cat "$LOG"
    ;;
  linprov) daemon_start --mode enforce ;;
  *) fail "no way to measure '$LAB_BENCH'" ;;
esac

ops

# What the number of rules costs: a marked program that one rule permits, among few and many.
[ "$LAB_BENCH" = linprov ] || exit 0
daemon_stop
mkdir www
cp /lab/bin/nothing www/
serve www
for rules in 10 100000; do
  awk -v n="$rules" 'BEGIN {
    for (i = 1; i < n; i++) print "target_filename=/opt/app" i "/bin/program"
    print "creator_comm=curl"
  }' >allowlist
  daemon_start --mode enforce --allowlist allowlist
  curl -sS -o "marked-$rules" "$URL/nothing"
  chmod +x "marked-$rules"
  ops exec "./marked-$rules" | sed "s/^exec/exec-marked-$rules-rules/"
  daemon_stop
done
