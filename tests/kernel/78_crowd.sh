# A crowd of sources at the same time: downloads, git clones, and forks up to the limit of processes.
# Every file that they write is marked, none that others write meanwhile is, and nothing was let pass.
# deadline: 1200
# gate: none
# case: source/flood
. /lab/kernel/lib.sh

CROWD=60
LIMIT=200
mkdir -p www/repository
make_elf www/program
(
  cd www/repository
  git init -q
  cp ../program .
  git add program
  git -c user.name=n -c user.email=e commit -q -m m
  git update-server-info
)
printf '#!/bin/sh\necho ran\n' >www/script
serve www

# What has received forks, and its children fork, until there may be no more; then each writes a file.
cat >bomb.py <<'END'
import os, socket, sys
host, port, least = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with socket.create_connection((host, port)) as source:
    source.sendall(b"GET /script HTTP/1.0\r\n\r\n")
    answer = b"".join(iter(lambda: source.recv(4096), b""))
script = answer.split(b"\r\n\r\n", 1)[1]
wait, go = os.pipe()
done, tell = os.pipe()
first = os.getpid()
try:
    while True:
        os.fork()
except BlockingIOError:
    pass
with open(f"bomb/{os.getpid()}", "wb") as file:
    file.write(script)
os.chmod(file.name, 0o755)
os.write(tell, b".")
if os.getpid() == first:
    written = 0
    while written < least:
        written += len(os.read(done, 4096))
os.close(go)
os.read(wait, 1)
try:
    while True:
        os.wait()
except ChildProcessError:
    pass
END

# ran FILE…: how many of them run, and how many there are.
ran() {
  local file runs=0 all=0
  for file in "$@"; do
    all=$((all + 1))
    if "$file" >.out 2>&1; then
      runs=$((runs + 1))
    else
      grep -q 'Operation not permitted' .out || fail "$file: $(cat .out)"
    fi
  done
  echo "$runs of $all"
}

crowd() {
  local i others=() all named lost
  mkdir downloads locals
  install -d -o user bomb
  for ((i = 0; i < CROWD; i++)); do
    curl -sS -o "downloads/$i" "$URL/program" &
    others+=($!)
    [ $((i % 20)) != 0 ] || {
      git clone -q "$URL/repository/.git" "clone$i" &
      others+=($!)
    }
    cp /lab/bin/ran "locals/$i"
  done
  as_user user prlimit --nproc=$LIMIT python3 "$T/bomb.py" "$HOST" "${URL##*:}" $((LIMIT - 20)) &
  others+=($!)
  for i in "${others[@]}"; do wait "$i" || fail "one of the crowd ended with $?"; done
  chmod +x downloads/*
  check assert_eq "$(ran locals/*)" "$CROWD of $CROWD" "local programs"
  all=$(find bomb -type f | wc -l)
  [ "$all" -ge $((LIMIT - 20)) ] || fail "the bomb was only $all processes"
  if [ "$1" = blocked ]; then
    check assert_eq "$(ran downloads/*)" "0 of $CROWD" "downloads"
    check assert_eq "$(ran clone*/program)" "0 of 3" "clones"
    check assert_eq "$(ran bomb/*)" "0 of $all" "files of the bomb"
    # Who has no working memory for a moment doesn't know the origin. That is counted, and not on 6.x.
    named=$(linprov show --json bomb | jq -r .origin.comm | grep -cx python3)
    lost=$(linprov status --json | jq '.losses.scratch_failed // 0')
    [ $((named + lost)) -ge "$all" ] || fail "$named of $all files have their origin, and $lost paths were lost"
  else
    check assert_eq "$(ran downloads/*)" "$CROWD of $CROWD" "downloads"
    check assert_eq "$(ran clone*/program)" "3 of 3" "clones"
    check assert_eq "$(ran bomb/*)" "$all of $all" "files of the bomb"
  fi
}

daemon_start --mode enforce
near_and_far crowd <<<'a crowd'
assert_runs linprov status --json
# A pipe with 200 readers is more than can be told of a taint, which is closed.
closed=.readers_full
[ "$LAB_KERNEL" != 7.3 ] || closed=$closed,.scratch_failed
assert_eq "$(jq -c "[.open_decisions, (.losses | del($closed))]" .out)" '[0,{}]' \
  "open decisions and losses"
daemon_stop
