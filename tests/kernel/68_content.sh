# Rules over what is in a file: its SHA-256, as the kernel works it out. For programs, scripts and
# libraries, under any name, at any place; never for other bytes.
# weight: 21
# deadline: 900
# gate: 6.12
# case: keep/two_at_once
. /lab/kernel/lib.sh

mkdir www elsewhere
make_elf www/program
cp www/program www/other
# Behind the end of what is loaded: it runs as well, and is another file.
printf x >>www/other
printf '#!/bin/bash\necho ran\n' >www/script
printf '#!/bin/bash\necho Ran\n' >www/changed
serve www

digest_of() { sha256sum "$1" | cut -d' ' -f1; }
good=$(digest_of www/program)
bad=$(digest_of www/other)

: >allowlist
daemon_start --mode enforce --protect-self=false --allowlist "$T/allowlist"
for name in program other script changed; do curl -sS -o $name "$URL/$name"; done
chmod +x program other script changed

# reload RULE…: the rules, and nothing else.
reload() {
  printf '%s\n' "$@" >allowlist
  daemon_reload
  await_log "loaded $# of $# allowlist rules"
}

case $(uname -r) in
  6.1.*) post_open= scripts=blocked ;;
  *) post_open="lsm.s/file_post_open " scripts=runs ;;
esac
sleepable() { linprov status --json | { grep -o 'lsm\.s/[a-z_]*' || :; } | sort | tr '\n' ' '; }

# Nothing sleeps that nobody needs; the first rule brings it.
assert_eq "$(sleepable)" "" "sleepable programs without a rule"
assert_blocked ./program
await_log 'BLOCKED-EXEC'
[[ $LINE != *sha256=* ]] || fail "a digest that nobody wants: $LINE"
reload "sha256=${good^^}"
assert_eq "$(sleepable)" \
  "lsm.s/bprm_check_security ${post_open}lsm.s/kernel_read_file lsm.s/mmap_file "

# These bytes, wherever they lie; and no others.
assert_runs ./program
await_log "PROVENANCE-EXEC target=$T/program .* sha256=$good "
mv program elsewhere/renamed
assert_runs elsewhere/renamed
cp elsewhere/renamed /dev/shm/content
assert_runs /dev/shm/content
rm /dev/shm/content
assert_runs unshare -m elsewhere/renamed
assert_blocked ./other
await_log "BLOCKED-EXEC target=$T/other .* sha256=$bad "
printf y | dd of=elsewhere/renamed bs=1 seek=200 conv=notrunc status=none
assert_blocked elsewhere/renamed
curl -sS -o program "$URL/program"
chmod +x program
assert_runs ./program

# Somebody who has it open for writing may still change it.
exec 7<>program
assert_rc 126 ./program
exec 7>&-
assert_runs ./program

# A file that isn't marked needs no digest, and one that is too large has none.
cp /bin/true local
assert_runs ./local

# deny stands above it, whoever permits the file.
reload "creator_comm=curl" "deny sha256=$bad"
assert_runs ./program
assert_blocked ./other
cp other elsewhere/copy
assert_blocked elsewhere/copy

# Scripts: one that is executed is looked at twice, as a program and when the interpreter reads it.
reload "sha256=$(digest_of www/script)" "sha256=$good"
assert_runs ./script
assert_eq "$(cat .out)" ran "an executed script"
./changed >out 2>&1 || :
check assert_rc 1 grep -x Ran out
# What an interpreter opens by itself can be looked at from 6.12 on; before, no rule matches.
ways=('bash script' 'bash <script' 'bash -c ". ./script"' 'cp script s.sh; sh s.sh'
  'exec 7<script; exec bash <&7')
for way in "${ways[@]}"; do
  bash -c "$way" >out 2>&1 || :
  WAY=$way check_ran "$scripts"
done
for way in "${ways[@]//script/changed}"; do
  bash -c "$way" >out 2>&1 || :
  WAY=$way check assert_rc 1 grep -xi ran out
done
# Changed after it was opened, before it is read: the thread has the digest of the bytes before.
cp script late
bash -c 'exec 7<late; dd if=changed of=late conv=notrunc status=none; exec bash <&7' >out 2>&1 || :
check assert_rc 1 grep -x Ran out

# Changed while it is read: what was permitted were the bytes of before.
{
  printf '#!/bin/bash\nread -r -u 9 _\n'
  seq -f '# filled up, so that it takes more than one read: line %g' 4000
  echo 'echo ran'
} >www/long
mkfifo go
curl -sS -o long "$URL/long"
chmod +x long
reload "sha256=$(digest_of www/script)" "sha256=$(digest_of www/long)" "sha256=$good"
./long >out 2>&1 9<>go &
long=$!
echo >go
wait $long
check_ran runs
log_mark
./long >out 2>&1 9<>go &
long=$!
# It waits in its second line, with most of the file still to be read.
await_log "PROVENANCE-SCRIPT script=$T/long .* sha256="
printf 'echo Ran\n' >>long
echo >go
wait $long || :
check assert_rc 1 grep -xi ran out

# A library: the loader maps it.
cp "$(ldconfig -p | awk '/libz.so.1 |libzstd.so.1 / && !seen++ { print $NF }')" www/library.so
curl -sS -o library.so "$URL/library.so"
preload() { env LD_PRELOAD="$T/library.so" cat /proc/self/maps >maps 2>err || :; }
preload
check assert_rc 1 grep 'r-xp .*/library.so' maps
reload "sha256=$(digest_of www/library.so)" "sha256=$good"
preload
check assert_runs grep 'r-xp .*/library.so' maps

# Two at once, one permitted and one not, again and again: never the other's answer.
run_many() {
  local i
  for i in $(seq 30); do
    if "./$1" >/dev/null 2>&1; then echo ran; else echo refused; fi
  done
}
for round in 1 2; do
  run_many program >"good$round" &
  run_many other >"bad$round" &
done
wait $(jobs -p | grep -vx "$DAEMON_PID")
assert_eq "$(cat good1 good2 | sort | uniq -c | xargs)" "60 ran" "what is permitted"
assert_eq "$(cat bad1 bad2 | sort | uniq -c | xargs)" "60 refused" "what is not"
# What sleeps takes nobody else's storage away.
assert_eq "$(linprov status --json | jq -c '[.losses.process_failed, .losses.scratch_failed] | map(. // 0)')" '[0,0]' losses

# A crash leaves them at work, and the next daemon's come after its own gates.
kill -KILL "$DAEMON_PID"
wait "$DAEMON_PID" || :
assert_runs ./program
assert_blocked ./other
daemon_start --mode enforce --allowlist "$T/allowlist"
assert_runs ./program
assert_blocked ./other
await_log "BLOCKED-EXEC target=$T/other .* sha256=$bad "

# allow --content: of a block with a digest, and of one without.
curl -sS -o third "$URL/other"
chmod +x third
log_mark
assert_blocked ./third
# Lines about others may come late.
await_log "BLOCKED-EXEC target=$T/third .*\[allow: [0-9a-f]+\]\$"
TOKEN=$(sed -E 's/.*\[allow: ([0-9a-f]+)\]$/\1/' <<<"$LINE")
assert_runs linprov why --allowlist "$T/allowlist" program
grep -q "line 2 decides: sha256=$good" .out || fail "$(cat .out)"
assert_runs linprov allow --content "$TOKEN"
grep -q "^permitted: sha256=$bad # reason=\"the content of $T/third\"" .out || fail "$(cat .out)"
assert_runs ./third
assert_runs elsewhere/copy

# Without rules over the content the programs that sleep go; hashes = true keeps them.
reload "creator_comm=nobody"
assert_eq "$(sleepable)" "" "sleepable programs after the last rule"
log_mark
assert_blocked ./third
await_log "BLOCKED-EXEC target=$T/third .*\[allow: [0-9a-f]+\]\$"
[[ $LINE != *sha256=* ]] || fail "a digest that nobody wants: $LINE"
TOKEN=$(sed -E 's/.*\[allow: ([0-9a-f]+)\]$/\1/' <<<"$LINE")
assert_runs linprov allow --once --content "$TOKEN"
grep -q "sha256=$bad # reason=\"the content of $T/third, as it was" .out || fail "$(cat .out)"
assert_runs ./third
assert_runs elsewhere/copy
assert_blocked ./program
daemon_stop

printf 'hashes = true\n' >config.toml
echo "sha256=$bad" >allowlist
daemon_start --config "$T/config.toml" --mode observe --allowlist "$T/allowlist" --log-format json
assert_runs ./program
await_log '"event":"WOULD-BLOCK-EXEC"'
[[ $LINE == *"\"sha256\":\"$good\""* ]] || fail "no digest: $LINE"
# A file that is too large has none, which is counted.
cp program large
truncate -s 600M large
assert_runs ./large
await_log '"event":"WOULD-BLOCK-EXEC","target":"[^"]*/large"'
[[ $LINE == *'"sha256":null'* ]] || fail "a digest: $LINE"
linprov status --json | grep -q '"no_digest":[1-9]' || fail "not counted: $(linprov status --json)"
daemon_stop
