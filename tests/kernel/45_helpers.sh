# The commands that help people: help, man, completions, confirm and notify, with what they refuse.
# kernels: 6.12 -- what user space says and does: kernels do not differ in it
# gate: none
. /lab/kernel/lib.sh

assert_runs as_user user linprov help
grep -q '^Usage: linprov' .out
assert_runs as_user user linprov help show
grep -q '^Usage: linprov show' .out
assert_rc 2 linprov help nonsense
grep -q 'unknown command "nonsense"' .out
assert_runs linprov man
assert_eq "$(head -c 11 .out)" ".TH LINPROV"
assert_rc 2 linprov man page
for shell in bash zsh fish; do assert_runs linprov completions $shell; done
assert_rc 2 linprov completions csh
grep -q 'not one of bash, zsh, fish' .out
# What a person gets by the tab key.
linprov completions bash >completion
assert_eq "$(bash -c '. ./completion
  COMP_WORDS=(linprov sta) COMP_CWORD=1 COMP_LINE="linprov sta" COMP_POINT=11
  $(complete -p linprov | sed -E "s/.*-F ([^ ]+).*/\1/") linprov sta linprov
  echo "${COMPREPLY[*]}"')" status

# Nobody there: each says so.
assert_rc 5 linprov confirm
assert_rc 5 linprov allow 3fa29c0112345678
mkdir www bin
make_elf www/program
serve www
groupadd --system linprov
usermod -aG linprov user
: >allowlist
daemon_start --mode enforce --allowlist "$T/allowlist" --notifications group
assert_rc 1 linprov confirm
grep -q 'nothing is on trial' .out || fail "$(cat .out)"

# Notifications need a desktop. In its place: a person who presses "Allow once" the first time.
assert_rc 4 as_user user linprov notify
grep -q 'apt-get install libnotify-bin' .out || fail "$(cat .out)"
cat >bin/notify-send <<END
#!/bin/sh
[ "\$1" != --version ] || exit 0
printf '%s\n' "\$*" >>$T/shown
[ -e $T/pressed ] || echo once
touch $T/pressed
END
chmod +x bin/notify-send
touch shown pressed
chown user shown
rm pressed
chmod 777 .
runuser -u user -- env PATH="$T/bin:$PATH" linprov notify >notified 2>&1 &
notify=$!
timeout 60 bash -c 'until grep -q "waiting for blocks" notified; do sleep 0.2; done' || fail "$(cat notified)"
curl -sS -o program "$URL/program"
chmod +x program
assert_blocked ./program
timeout 60 bash -c 'until grep -q "^OK " notified; do sleep 0.2; done' || fail "$(cat notified)"
grep -q "blocked: $T/program  \[allow: " notified
grep -q -- '--action=once=Allow once' shown && grep -q "$T/program" shown || fail "shown: $(cat shown)"
assert_runs ./program
daemon_stop
rc=0
wait $notify || rc=$?
assert_eq $rc 5 "notify without a daemon"
grep -q 'the daemon has ended' notified || fail "$(cat notified)"
