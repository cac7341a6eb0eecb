# A million rules: the kernel has them all, and decides by the last of them.
# boot: own
# memory: 4096
# deadline: 3000
# kernels: 6.12 -- the tables of rules are the same on all
# gate: none
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
make_elf local
serve www
cat >rules.py <<'END'
import sys
for i in range(int(sys.argv[1])):
    print(f"target_filename=/opt/app{i % 1000}/bin/tool{i};creator_uid={i % 50}")
END
: >allowlist
daemon_start --mode enforce --allowlist "$T/allowlist"
curl -sS -o program "$URL/program"
chmod +x program
assert_blocked ./program

python3 rules.py 999999 >allowlist
echo "target_filename=$T/program;creator_comm=curl" >>allowlist
started=$SECONDS
daemon_reload
await_log 'loaded 1000000 of 1000000 allowlist rules' 1500
echo "in force after $((SECONDS - started)) s"
awk '/VmRSS|VmHWM/' "/proc/$DAEMON_PID/status"
assert_runs ./program
await_log 'PROVENANCE-EXEC .* rule_line=1000000 '
# One of them is named as well, but another program.
cp program other
assert_blocked ./other
assert_runs ./local

# And away again.
: >allowlist
daemon_reload
await_log 'loaded 0 of 0' 600
assert_blocked ./program
assert_runs ./local
daemon_stop
