# A fork that fails takes nothing from who forked: what it has received goes on marking what it writes,
# with its origin. (Up to 6.1.176 at least, the kernel ends the task storage of who forked with what
# such a fork leaves behind.)
# deadline: 300
# daemon: kept
# gate: 6.1
# weight: 2
# case: source/failed_fork
. /lab/kernel/lib.sh

mkdir www
printf '#!/bin/sh\necho ran\n' >www/script
serve www
export PORT=${URL##*:}
cat >source.py <<'END'
import ctypes, os, resource, signal, socket, subprocess, sys

libc = ctypes.CDLL(None)
CLONE, CLONE_NEWUSER = 56, 0x10000000

def fork_beyond_limit():
    limit, most = resource.getrlimit(resource.RLIMIT_NPROC)
    resource.setrlimit(resource.RLIMIT_NPROC, (0, most))
    os.setresuid(1000, 1000, 0)  # root has no limit
    try:
        os.fork()
    except BlockingIOError:
        os.setresuid(0, 0, 0)
        resource.setrlimit(resource.RLIMIT_NPROC, (limit, most))
    else:
        os._exit(9)

def fork_with_namespace():
    if libc.syscall(CLONE, CLONE_NEWUSER | signal.SIGCHLD, 0, 0, 0, 0) != -1:
        os._exit(9)

def wait_for_rcu():
    # Until the kernel has freed what waits for RCU: what this filesystem does when it is unloaded.
    for command in "modprobe isofs", "modprobe -r isofs":
        subprocess.run(command.split(), check=True)

def run_refused():
    try:
        os.execv("../refused", ["refused"])
    except PermissionError:
        pass

def write():
    with open("out/program", "wb") as file:
        file.write(script)
    os.chmod("out/program", 0o755)

with socket.create_connection((os.environ["HOST"], int(os.environ["PORT"]))) as source:
    source.sendall(b"GET /script HTTP/1.0\r\n\r\n")
    answer = source.makefile("rb").read()
script = answer.split(b"\r\n\r\n", 1)[1]
for step in sys.argv[1:]:
    globals()[step]()
END
namespaces=$(cat /proc/sys/user/max_user_namespaces)
echo 0 >/proc/sys/user/max_user_namespaces
daemon_start --mode enforce --log-level debug
curl -sS -o refused "$URL/script"
chmod 755 refused

try() {
  mkdir out
  # shellcheck disable=SC2086 # its steps
  python3 "$T/source.py" $WAY || fail "this doesn't work: $WAY"
  check "assert_$1" out/program
  if [ "$1" = blocked ]; then
    check assert_eq "$(linprov show --json out/program | jq -r '.origin.comm')" python3 "who received it"
  fi
}
near_and_far try <<'WAYS'
write
fork_beyond_limit wait_for_rcu write
fork_beyond_limit wait_for_rcu run_refused write
fork_with_namespace wait_for_rcu write
fork_with_namespace fork_beyond_limit wait_for_rcu run_refused write
WAYS
echo "$namespaces" >/proc/sys/user/max_user_namespaces
daemon_stop
