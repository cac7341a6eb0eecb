# The first steps of README.md, as they stand there, by a person with sudo.
# weight: 27
# boot: systemd
# deadline: 1500
# kernels: 6.12 -- systemd, apt and files are the same on all
. /lab/kernel/lib.sh
. /lab/kernel/service.bash

# me COMMAND: a line that an ordinary user types at home.
me() {
  as_user user bash -c "cd && $1"
}

mkdir www
make_elf www/setup
serve www
mv /usr/local/bin/linprov /home/user/linprov
slow_host
assert_runs me 'sudo ./linprov doctor'
grep -q 'This host can enforce' .out || fail "$(cat .out)"
# The question needs a terminal.
assert_runs me 'python3 /lab/kernel/answer.py "nothing for none" "" "Go on?" y -- sudo ./linprov setup'
grep -q 'Go on?' .out || fail "not asked: $(cat .out)"
await_service active

# Observe.
me "curl -sSO $URL/setup && chmod +x setup"
assert_runs me ./setup
await_journal 'WOULD-BLOCK-EXEC target=/home/user/setup '

# Soak; Ctrl-C in place of two hours.
assert_rc 4 me 'sudo linprov soak --duration 2h --output rules'
grep -q 'systemctl stop linprov' .out || fail "no hint: $(cat .out)"
me 'sudo systemctl stop linprov'
me 'sudo linprov soak --duration 2h --output rules' >"$LOG" 2>&1 &
DAEMON_PID=$!
await_log 'linprov running \(Soak\)' 150
assert_runs me ./setup
await_log 'soak: added'
kill -INT "$(pgrep -x linprov)"
wait "$DAEMON_PID"
cat "$LOG"
assert_runs me 'sudo linprov check rules'
me 'sudo cat rules'

# Enforce, on trial. This session is older, so it takes a new one.
: >"$LOG"
me 'sudo linprov run --mode enforce --try 10m' >"$LOG" 2>&1 &
DAEMON_PID=$!
await_log 'enforcement is on trial' 150
assert_blocked me ./setup
assert_rc 1 linprov confirm
assert_runs me 'setsid --wait sudo linprov confirm'
await_log 'enforcement was confirmed'
kill -TERM "$(pgrep -x linprov)"
wait "$DAEMON_PID"
assert_runs me ./setup

# For good.
sed -i 's/^#mode = .*/mode = "enforce"/' /etc/linprov/config.toml
me 'sudo systemctl start linprov'
assert_blocked me ./setup
await_journal 'BLOCKED-EXEC target=/home/user/setup .*\[allow: [0-9a-f]+\]'
token=$(sed -E 's/.*allow: ([0-9a-f]+).*/\1/' <<<"$LINE")
assert_runs me 'sudo linprov show setup'
cat .out
grep -q "from  *$REMOTE:" .out || fail "no origin"
assert_rc 1 me 'sudo linprov why setup'
cat .out
assert_runs me "sudo linprov allow --once ${token:0:8}"
assert_runs me ./setup
assert_runs me "sudo linprov allow $token"
cat .out
grep -qF "$(sed 's/^permitted: //' .out)" /etc/linprov/allowlist || fail "it is not in the file"
assert_runs me ./setup
assert_runs me 'sudo linprov uninstall --yes'
assert_runs me ./setup
