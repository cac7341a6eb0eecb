# A downloaded script is refused however an interpreter comes by it; the same script from a server
# at the loopback address, which is no network, runs.
# weight: 7
# deadline: 600
# daemon: kept
# gate: 6.12
# case: code/script code/linked code/interpreter_names code/stdin code/sourced code/piped code/languages
. /lab/kernel/lib.sh

mkdir www
cd www
printf '#!/bin/sh\necho ran\n' >s.sh
echo 'print("ran")' | tee s.py s.lua >s.txt
echo 'print "ran\n";' >s.pl
echo 'BEGIN { print "ran" }' >s.awk
printf 'all:\n\t@echo ran\n' >s.mk
cd "$T"
serve www
daemon_start --mode enforce

try() {
  for file in s.sh s.py s.txt s.lua s.pl s.awk s.mk; do
    case $WAY in *$file*) curl -sS -O "$URL/$file" && chmod +x $file ;; esac
  done
  log_mark
  bash -c "$WAY" >out 2>&1 || true
  check_ran "$1"
  if [ "$1" = blocked ]; then
    check await_log "BLOCKED-(EXEC|SCRIPT) (target|script)=($PWD/|\(pipe)"
  fi
}
near_and_far try <<'WAYS'
./s.sh
sh s.sh
bash s.sh
bash -x s.sh
. ./s.sh
source s.sh
bash < s.sh
bash 0<> s.sh
cat s.sh | sh
cat s.sh | bash -s argument
curl -sS $URL/s.sh | sh
curl -sS $URL/s.sh | tee copy | bash
wget -qO- $URL/s.sh | sh
busybox sh s.sh
exec -a anything bash s.sh
mv s.sh anything; bash anything
mv s.sh anything; bash ./anything
env -i /bin/dash s.sh
mv s.sh p; chmod -x p; ln -s p install.sh; bash install.sh
mv s.sh p; chmod -x p; ln -s p x; ln -s x y; sh $PWD/y
mv s.sh p; chmod -x p; (exec 9<p; exec bash /proc/self/fd/9)
mv s.txt p; chmod -x p; ln -s p x; python3 x
mv s.pl p; chmod -x p; ln -s p x; perl -w ./x
mv s.lua p; chmod -x p; ln -s p x; lua x
python3 s.py
python3.11 -B s.py
python3 s.txt
python3 < s.py
python3 -c 'import s' # s.py
python3 -m s # s.py
curl -sS $URL/s.py | python3 -
perl s.pl
perl -w s.pl
perl -e 'require "./s.pl"'
awk -f s.awk
awk -v a=b -fs.awk
gawk --file=s.awk
make -f s.mk
make -sfs.mk
mv s.mk Makefile; make
lua5.4 s.lua
lua5.4 -e 'dofile("s.lua")'
WAYS
daemon_stop
