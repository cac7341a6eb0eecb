# Downloaded machine code is refused without an exec of it too: run by the dynamic loader, as a
# library, mapped, made executable later, from memory. From the loopback address it runs.
# weight: 2
# deadline: 600
# daemon: kept
# case: code/loader code/mprotect file/memory
. /lab/kernel/lib.sh

mkdir www
make_elf www/static
cp /bin/true www/dynamic
cp /lib/x86_64-linux-gnu/libz.so.1 www/lib.so
cp /lib64/ld-linux-x86-64.so.2 www/loader
# A program whose interpreter is /run/l/ld-linux-x86-64.so.2.
sed 's#/lib64/#/run/l/#' /bin/true >own_loader
chmod +x own_loader
mkdir /run/l
serve www
daemon_start --mode enforce

try() {
  for file in static dynamic lib.so loader; do
    case $WAY in *$file*) curl -sS -O "$URL/$file" ;; esac
  done
  [ ! -e loader ] || chmod +x loader
  log_mark
  bash -c "$WAY && echo ran" >out 2>&1 || true
  check_ran "$1"
  if [ "$1" = blocked ]; then
    check await_log 'BLOCKED-EXEC .* kind=(mmap|exec) '
  fi
}
near_and_far try <<'WAYS'
/lib64/ld-linux-x86-64.so.2 ./dynamic
LD_PRELOAD=./lib.so grep -q 'r-xp.*/lib.so' /proc/self/maps
mv lib.so libz.so.1; LD_LIBRARY_PATH=. curl --version > version
python3 -c 'import ctypes; ctypes.CDLL("./lib.so")'
mv loader /run/l/ld-linux-x86-64.so.2; ../own_loader
execmap mmap static
execmap mprotect static
memrun < static
cat static | memrun
WAYS

# What a process has received itself, it may map, but not make executable.
log_mark
assert_runs memrun < <(curl -sS "$NEAR/static")
memrun < <(curl -sS "$URL/static") >out 2>&1 || true
assert_runs grep 'Operation not permitted' out
await_log 'BLOCKED-EXEC '
daemon_stop
