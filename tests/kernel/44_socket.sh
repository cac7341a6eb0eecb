# The control socket: hundreds of idle, slow and senseless clients delay neither a request nor a
# verdict, and cost little memory; who may ask what is a matter of who asks.
# deadline: 1500
# kernels: 6.12 -- what user space says and does: kernels do not differ in it
# gate: none
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
serve www
groupadd --system linprov
usermod -aG linprov user
useradd -m -u 1001 other
: >allowlist
daemon_start --mode enforce --allowlist "$T/allowlist" --notifications group
curl -sS -o program "$URL/program"
chmod +x program
assert_eq "$(stat -c '%a %U %G' /run/linprov/control.sock)" "660 root linprov" "the socket"

# ask USER LINE…: what the daemon answers.
ask() {
  local user=$1
  shift
  printf '%s\n' "$@" | runuser -u "$user" -- socat -t60 - UNIX:/run/linprov/control.sock 2>&1 || true
}

log_mark
assert_blocked ./program
await_log '\[allow: [0-9a-f]+\]$'
token=$(sed -E 's/.*\[allow: ([0-9a-f]+)\]$/\1/' <<<"$LINE")

# Members of the group may permit, and nothing beyond; others can't even connect.
[[ $(ask other "allow $token") == *"Permission denied"* ]] || fail "an answer for nobody"
[[ $(ask other status) == *"Permission denied"* ]] || fail "not refused: $(ask other status)"
assert_eq "$(ask user confirm)" "ERR only root can confirm"
assert_eq "$(ask user "adopt $T/program")" "ERR only root may replace linprov"
assert_eq "$(ask user "once nonsense" | cut -c1-4)" "ERR "
assert_blocked ./program
assert_eq "$(wc -c <allowlist)" 0 "the allowlist"

cat >flood.py <<'PY'
"""Clients that stay: idle ones, ones that send a byte now and then, and ones that send garbage."""
import os, random, socket, sys, time

kinds = {"idle": int(sys.argv[1]), "slow": int(sys.argv[2]), "noise": int(sys.argv[3])}
garbage = [b"\n" * 4000, os.urandom(4000), b"A" * 70000, b"allow " + b"0" * 3000 + b"\n", b"\0" * 999]


def connect(kind):
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(30)
    client.connect("/run/linprov/control.sock")
    client.setblocking(False)
    return client


clients = [(kind, connect(kind)) for kind, count in kinds.items() for _ in range(count)]
print("ready", flush=True)
lost = 0
while True:
    for i, (kind, client) in enumerate(clients):
        try:
            if kind == "slow":
                client.send(random.choice([b"a", b"l", b"s", b"\0", b" "]))
            elif kind == "noise":
                client.send(random.choice(garbage))
        except BlockingIOError:
            pass
        except OSError:
            # Disconnected for it: come again.
            client.close()
            clients[i] = (kind, connect(kind))
    # Often for a machine that is emulated, and rarely for a real one.
    time.sleep(1)
PY

resident() {
  awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$DAEMON_PID/status"
}
before=$(resident)
python3 flood.py 300 20 4 >flood.out 2>flood.err &
floods=$!
touch flood_user.err
chown user flood_user.err
# runuser itself has something to say when it is ended.
runuser -u user -- bash -c 'exec python3 flood.py 100 10 4 2>>flood_user.err' >flood_user.out 2>/dev/null &
floods="$floods $!"
for file in flood.out flood_user.out; do
  timeout 60 bash -c "until grep -q ready $file; do sleep 0.2; done" || fail "$(cat flood.err flood_user.err)"
done

assert_runs linprov status --json
clients=$(jq .clients .out)
[ "$clients" -ge 100 ] || fail "only $clients clients: $(cat flood.err)"
# Its own patience is 10 seconds.
for _ in 1 2 3; do
  assert_runs linprov status
  grep -q 'executions refused  *[1-9]' .out || fail "$(cat .out)"
  log_mark
  begun=$SECONDS
  assert_blocked ./program
  await_log "BLOCKED-EXEC target=$T/program" 20
  [ $((SECONDS - begun)) -le 10 ] || fail "a block was told after $((SECONDS - begun)) s"
done
assert_eq "$(ask user "allow $token" | cut -c1-3)" "OK " "what a member is told"
assert_runs ./program
assert_runs linprov status --json
assert_eq "$(jq -c .losses .out)" "{}" "losses"
after=$(resident)
echo "resident: $before MB before, $after MB with $clients clients"
[ $((after - before)) -le 60 ] || fail "$((after - before)) MB more"
# shellcheck disable=SC2086 # two
kill $floods
assert_eq "$(cat flood.err flood_user.err)" "" "what the clients complain of"
log_lacks ' ERROR '
daemon_stop

# Without the group only root connects.
daemon_start --mode enforce --allowlist "$T/allowlist"
assert_eq "$(stat -c %a /run/linprov/control.sock)" 600 "the socket"
[[ $(ask user status) == *"Permission denied"* ]] || fail "not refused: $(ask user status)"
# A socket that somebody opened all the same: the daemon asks who it is.
chmod 666 /run/linprov/control.sock
assert_eq "$(ask user status)" "ERR permission denied"
assert_eq "$(ask root status | cut -c1-3)" "OK "
daemon_stop
