# Mistakes: at start they end it, with the place and what was probably meant; at a reload the old
# rules and settings stay, whatever the mistake is.
# weight: 7
# deadline: 900
# kernels: 6.12 -- what user space says and does: kernels do not differ in it
. /lab/kernel/lib.sh

# says CODE TEXT ARGS…: linprov ARGS ends with that code and says all lines of TEXT.
says() {
  local code=$1 text=$2 line
  shift 2
  assert_rc "$code" linprov "$@"
  while read -r line; do
    grep -qF -e "$line" .out || fail "linprov $*: expected '$line' in: $(cat .out)"
  done <<<"$text"
  if grep -q '^ *at ' .out; then fail "linprov $*: a stack trace: $(cat .out)"; fi
}

printf 'creator_comm=curl\n\ntarget_filename=/x;creator_com=curl\n' >bad
check says 3 "linprov: cannot use the allowlist $T/bad: 3:20: unknown dimension \"creator_com\"
creator_comm" run --allowlist "$T/bad"
check says 3 "linprov: cannot read the allowlist $T/none: no such file" run --allowlist "$T/none"
printf 'hashes = false\n[zones]\nlan2 = ["10.0.0.0/33"]\n' >config
check says 3 'config: line 3: zones.lan2: "10.0.0.0/33" has the prefix length "33"' run --config config
check says 2 '"com" is unknown, did you mean "comm"?' run --soak com
check says 2 '--try: "soon" is not a duration' run --try soon
check says 2 '--duration: "0s" is not a duration' soak --duration 0s
check assert_rc 1 test -e /run/linprov/control.sock

mkdir www
make_elf www/program
serve www
printf 'mode = "enforce"\nallowlist = "%s/allowlist"\n' "$T" >config
echo creator_comm=curl >allowlist
daemon_start --config config
curl -sS -o program "$URL/program"
chmod +x program
assert_runs ./program

# refused_reload REGEX: that is logged, and the old rules stay.
refused_reload() {
  daemon_reload
  await_log "$1"
  await_log 'the old .*rules stay'
  assert_runs ./program
}
cp bad allowlist
refused_reload "ERROR .*$T/allowlist:3:20: unknown dimension"
echo 'creator_comm=curl; target_folder=relative/' >allowlist
refused_reload "ERROR .*$T/allowlist:1:34: target_folder needs an absolute path"
rm allowlist
refused_reload "cannot read the allowlist $T/allowlist: no such file"
echo creator_comm=curl >allowlist
chmod o+w allowlist
refused_reload "ERROR .*cannot use the allowlist $T/allowlist: others may write it"
chown user allowlist
chmod 644 allowlist
refused_reload "ERROR .*$T/allowlist: it belongs to uid 1000"
chown root allowlist
: >allowlist
chmod g+w config
refused_reload "ERROR .*cannot use the configuration .*config: others may write it"
chmod g-w config
echo 'mod = "observe"' >>config
refused_reload 'line 3: unknown key "mod"'

# What can't change while it runs is named, and the rest is taken over.
sed -i '3s/.*/hash_db = "\/var\/lib\/linprov\/other.db"\nlog_level = "debug"/' config
daemon_reload
await_log 'loaded 0 of 0'
await_log 'WARN .*changed, but not before a restart: hash_db'
assert_blocked ./program
curl -sS -o other "$URL/program"
await_log "DEBUG .*marked $T/other"

# One linprov at a time: a second one says so, and the first goes on.
check says 4 'another linprov is running' run --config config
assert_blocked ./program
daemon_stop
