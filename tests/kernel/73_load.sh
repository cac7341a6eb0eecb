# 100,000 files come out of a marked archive, and for the first ten seconds of that the daemon hangs:
# every one is marked in the end, verdicts are right all the time, and the daemon stays within bounds.
# deadline: 3000
# gate: none
# case: keep/overload
. /lab/kernel/lib.sh

FILES=100000
shopt -s nullglob
mkdir -p www out
cat >make.py <<'END'
import io, sys, tarfile
program = open("/lab/bin/ran", "rb").read()
with tarfile.open("www/many.tar", "w") as archive:
    for i in range(int(sys.argv[1])):
        text = program if i % 10000 == 0 else b"%d\n" % i
        info = tarfile.TarInfo(f"{i // 1000}/{i}")
        info.size, info.mode = len(text), 0o755
        archive.addfile(info, io.BytesIO(text))
END
python3 make.py $FILES
make_elf local
serve www

# verdicts: of the programs that are there by now, marked and not.
verdicts() {
  local program
  for program in out/0/0 out/*/*0000; do
    # When there is one behind it, tar has closed it.
    [ ! -e "${program%/*}/$((${program##*/} + 1))" ] || assert_blocked "$program"
  done
  assert_runs ./local
}

daemon_start --mode enforce --protect-self=false
curl -sS -o many.tar "$URL/many.tar"
await_mark many.tar
rm -r www
awk '/VmRSS|VmHWM|RssFile|RssAnon|RssShmem/' "/proc/$DAEMON_PID/status" | xargs

kill -STOP "$DAEMON_PID"
tar xf many.tar -C out &
tar=$!
until [ -e out/0/1 ]; do [ -d /proc/$tar ] || fail "tar has ended"; done
stopped=$SECONDS
while [ $((SECONDS - stopped)) -lt 10 ]; do
  verdicts
  sleep 1
done
kill -CONT "$DAEMON_PID"
while kill -0 $tar 2>/dev/null; do
  verdicts
  echo "$((SECONDS - stopped)) s: $(awk '/VmRSS/ { print $2 }' "/proc/$DAEMON_PID/status") KiB"
  sleep 5
done
wait $tar
echo "unpacked in $((SECONDS - stopped)) s"

# An emulated machine writes some hundred marks a second.
left=1
until [ "$left" = 0 ]; do
  verdicts
  # It may have no time for an answer at first.
  linprov status >.out 2>&1 || true
  left=$(sed -nE 's/^marks not in the store +([0-9]+)$/\1/p' .out)
  left=${left:-1}
  echo "$((SECONDS - stopped)) s: $left left, $(awk '/VmRSS/ { print $2 }' "/proc/$DAEMON_PID/status") KiB"
  sleep 5
done
echo "in the store after $((SECONDS - stopped)) s"
stored=$(sed -nE 's/^marks in the store +([0-9]+)$/\1/p' .out)
# The archive too.
[ "$stored" -gt $FILES ] || fail "the store has $stored marks"
# Every single one, not just as many.
cut -d' ' -f3- < <(getfattr -R -m '^security.bpf.linprov' out | grep '^# file: ') | sort >marked
find out -type f | sort >all
assert_eq "$(wc -l <all)" $FILES "files"
cmp all marked || fail "not all files have a mark in their attributes: $(diff all marked | head -n 5)"
awk '/VmRSS|VmHWM|RssFile|RssAnon|RssShmem/' "/proc/$DAEMON_PID/status" | xargs
kilobytes=$(awk '/VmHWM/ { print $2 }' "/proc/$DAEMON_PID/status")
echo "resident at most: $((kilobytes / 1024)) MiB"
[ "$kilobytes" -lt 153600 ] || fail "the daemon took $kilobytes KiB, expected less than 150 MiB"
verdicts
daemon_stop

began=$SECONDS
daemon_start --mode enforce
await_log "took over $stored marks"
echo "started with them in $((SECONDS - began)) s"
verdicts
daemon_stop
