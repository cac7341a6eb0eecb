# What one process has received marks what it, its threads and its children write, and nothing that
# a program writes which is executed afterwards.
# weight: 6
# deadline: 600
# daemon: kept
# cpus: 2
# gate: 6.12
# case: source/fork source/threads source/executed source/captured
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
printf '#!/bin/sh\necho ran\n' >www/script
serve www
export PORT=${URL##*:}
# Receives a script and leaves it in `text`.
cat >received.py <<'END'
import os
from urllib.request import urlopen
text = urlopen(os.environ["URL"] + "/script").read().decode()
def write():
    with open("program", "w") as file:
        file.write(text)
END
export PYTHONPATH=$T
export SAVE="printf '#!/bin/sh\necho ran\n' >program"
daemon_start --mode enforce

try() {
  bash -euc "$WAY"
  chmod +x program
  check "assert_$1" ./program
}
near_and_far try <<'WAYS'
two_threads worker $HOST $PORT program
two_threads leader $HOST $PORT program
python3 -c 'from received import *; os.waitpid(os.fork() or write() or os._exit(0), 0)'
python3 -c 'from received import *; os.fork() or os.fork() or write() or os._exit(0); os.wait()'
python3 -c 'from received import *; import threading; threading.Thread(target=write).start()'
text=$(curl -sS $URL/script); echo "$text" > program
text=$(curl -sS $URL/script); (echo "$text" > program)
exec 3< <(curl -sS $URL/script); mapfile -u 3 text; printf %s "${text[@]}" > program
curl -sS $URL/script | { read -r a; read -r b; printf '%s\n' "$a" "$b" > program; }
curl -sS -o a $URL/script; while IFS= read -r line; do echo "$line"; done < a > program
WAYS

# They write a local script, after something else was received.
clean() {
  if [ "$1" = blocked ]; then try runs; fi
}
near_and_far clean <<'WAYS'
curl -sS -o a $URL/script; eval "$SAVE"
python3 -c 'from received import *; os.execlp("sh", "sh", "-c", os.environ["SAVE"])'
python3 -c 'from received import *; os.system(os.environ["SAVE"])'
python3 -c 'from received import *; import subprocess; subprocess.run(os.environ["SAVE"], shell=True)'
(curl -sS -o a $URL/script; exec sh -c "$SAVE")
WAYS
daemon_stop
