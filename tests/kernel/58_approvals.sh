# An approval is for one file: not for the next script that it loads or executes, not for the next
# program in its place, and not for a moment before the mark is there.
# deadline: 600
# daemon: kept
# gate: none
# case: code/approvals code/binfmt_misc code/straight_away
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
printf '#!/bin/sh\necho ran\n' >www/second.sh
echo 'print("ran")' >www/second.py
seq 1 9 >www/data.txt
serve www
echo 'landing_filename=first' >allowlist
modprobe binfmt_misc
mountpoint -q /proc/sys/fs/binfmt_misc || mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
daemon_start --mode enforce --allowlist "$T/allowlist"

# `first` holds the way and is permitted; what it comes to next isn't. It reads data.
try() {
  curl -sS --remote-name-all "$URL"/{program,second.sh,second.py,data.txt}
  case $WAY in
    'py '*) echo "import os; assert len(open('data.txt').readlines()) == 9; ${WAY#py }" >"$T/www/first" ;;
    *) printf 'while read -r i; do n=$i; done < data.txt; [ $n = 9 ] || exit\n%s\n' "$WAY" >"$T/www/first" ;;
  esac
  curl -sS -O "$URL/first"
  chmod +x first program second.sh
  log_mark
  case $WAY in 'py '*) python3 first ;; *) sh first ;; esac >out 2>&1 || true
  check_ran "$1"
  if [ "$1" = blocked ]; then
    check await_log 'BLOCKED-(EXEC|SCRIPT)'
    check log_lacks 'BLOCKED.*/(first|data)'
  fi
}
near_and_far try <<'WAYS'
./program
exec ./program
./second.sh
sh second.sh
. ./second.sh
cat second.sh | sh
python3 second.py
/lib64/ld-linux-x86-64.so.2 ./program || cp program p; ./p
py os.execv("./program", ["program"])
py import second
py exec(open("second.py").read())
py os.system("sh ./second.sh")
WAYS

# The approval goes with the file that had it.
approved() {
  printf '#!/bin/sh\necho ran\n' >"$T/www/first"
  curl -sS -O "$URL/first" -O "$URL/program"
  chmod +x first program
  check assert_runs ./first
  check assert_runs sh first
  bash -euc "$WAY"
  check "assert_$1" ./first
}
near_and_far approved <<'WAYS'
mv program first
rm first; curl -sS -o a $URL/program; chmod +x a; ln a first
WAYS

# By its handler in binfmt_misc, which is a program of this machine, a download is refused as well.
handled() {
  printf 'LABMAGIC\nran\n' >"$T/www/magic"
  curl -sS -O "$URL/magic"
  chmod +x magic
  bash -c "$WAY" >out 2>&1 || true
  check_ran "$1"
  if [ "$1" = blocked ]; then
    check assert_runs grep 'Operation not permitted' out
  fi
}
echo ':lab:M::LABMAGIC::/bin/cat:' >/proc/sys/fs/binfmt_misc/register
near_and_far handled <<'WAYS'
./magic
WAYS
echo -1 >/proc/sys/fs/binfmt_misc/lab

# Straight after the download, time and again.
cat >race.py <<'END'
import os, sys
from urllib.request import urlopen
from spawn import outcome
ran = 0
for number in range(int(sys.argv[1])):
    name = f"program{number}"
    if number % 20 == 0:
        data = urlopen(os.environ["URL"] + "/program").read()
    file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o755)
    os.write(file, data)
    os.close(file)
    ran += outcome(name) is not None
    os.unlink(name)
print(ran)
END
export URL PYTHONPATH=/lab/kernel
assert_runs env URL="$NEAR" python3 race.py 20
assert_eq "$(cat .out)" 20
assert_runs python3 race.py 400
assert_eq "$(cat .out)" 0
daemon_stop
