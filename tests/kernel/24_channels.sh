# What flows between processes: a socketpair carries the origin as a pipe does, a UNIX socket that has
# a name carries nothing.
# weight: 2
# daemon: kept
# gate: 6.12
# case: file/pairs file/named_sockets file/spliced code/piped
. /lab/kernel/lib.sh

mkdir -p www/tree
make_elf www/program
make_elf www/tree/program
printf '#!/bin/sh\necho ran\n' >www/script
serve www
export PORT=${URL##*:}

# The child receives and sends over $1 ("pair" or the path of a named socket); the parent, which has
# received nothing itself, writes the file.
cat >over.py <<'END'
import os, socket, sys
from urllib.request import urlopen
if sys.argv[1] == "pair":
    ours, theirs = socket.socketpair(type=getattr(socket, sys.argv[2]))
else:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1])
    listener.listen()
def child():
    global theirs
    if sys.argv[1] != "pair":
        theirs = socket.socket(socket.AF_UNIX)
        theirs.connect(sys.argv[1])
    data = urlopen(os.environ["URL"] + "/script").read()
    theirs.sendall(data)
    theirs.shutdown(socket.SHUT_WR) if theirs.type == socket.SOCK_STREAM else theirs.send(b"")
def parent():
    global ours
    if sys.argv[1] != "pair":
        ours = listener.accept()[0]
    with open("program", "wb") as file:
        while data := ours.recv(65536):
            file.write(data)
pid = os.fork()
if pid == 0:
    try: child()
    finally: os._exit(0)
parent()
os.waitpid(pid, 0)
END
# From a pipe into a file without reading.
cat >splice.py <<'END'
import os, sys
file = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o755)
while os.splice(0, file, 65536): pass
END
# The same in one call, which has begun before there is anything in the pipe.
cat >late.py <<'END'
import os, subprocess
out, into = os.pipe()
pid = os.fork()
if pid == 0:
    os.close(into)
    os.splice(out, os.open("program", os.O_WRONLY | os.O_CREAT, 0o755), 65536)
    os._exit(0)
# x86-64's number of splice(2); it waits when it is there.
while not open(f"/proc/{pid}/syscall").read().startswith("275 "): pass
subprocess.run(["curl", "-sS", os.environ["URL"] + "/script"], stdout=into, check=True)
os.close(into)
os.waitpid(pid, 0)
END
# The shell's program comes through a socketpair from who received it.
cat >shell.py <<'END'
import os, socket, subprocess
from urllib.request import urlopen
ours, theirs = socket.socketpair()
ours.sendall(urlopen(os.environ["URL"] + "/script").read())
ours.shutdown(socket.SHUT_WR)
raise SystemExit(subprocess.run(["sh"], stdin=theirs).returncode)
END
export HERE=$T
daemon_start --mode enforce

try() {
  bash -euc "$WAY"
  chmod +x program
  check "assert_$1" ./program
}
near_and_far try <<'WAYS'
python3 $HERE/over.py pair SOCK_STREAM
python3 $HERE/over.py pair SOCK_SEQPACKET
curl -sS -o a $URL/program; rsync -a a program
curl -sS $URL/program | socat -u STDIN EXEC:'tee program' >/dev/null
curl -sS $URL/program | socat -u STDIN SYSTEM:'cat >program'
curl -sS $URL/program | python3 $HERE/splice.py program
python3 $HERE/late.py
WAYS

named() {
  if [ "$1" = blocked ]; then try runs; fi
}
near_and_far named <<'WAYS'
python3 $HERE/over.py named
WAYS

# A program for a shell: where it comes from the network, the shell can't read it.
from_pair() {
  log_mark
  python3 "$HERE/shell.py" >said 2>&1 || true
  if [ "$1" = runs ]; then
    check assert_eq "$(cat said)" ran
  else
    if grep -q ran said; then check fail "the shell ran a program from the network"; fi
    check await_log 'BLOCKED-SCRIPT script=.* interp=sh .* kind=pipe'
  fi
}
near_and_far from_pair <<<shell
daemon_stop
