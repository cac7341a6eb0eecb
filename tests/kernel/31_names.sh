# Every file name can be written in a rule, is written by `allow`, and stays one value: in a rule,
# in a log line and in an answer of the control socket.
# deadline: 600
# case: keep/names
# kernels: 6.12 -- the tables of rules and zones, which are the same on all
# gate: none
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
serve www
: >allowlist
daemon_start --mode enforce --allowlist "$T/allowlist"

names=(plain 'a blank' ' blanks ' 'semi;creator_comm=curl' '#hash' 'two "quotes"' 'back\slash' 'sta*r'
  $'new\ncreator_comm=curl' $'tab\t' 'deny me' '{brace}' '$HOME' 'ümlaut' $'\xff\xfe\x01' '-dash'
  '\x41' $'line\r' '[allow: 0123456789abcdef]')
for name in "${names[@]}"; do
  mkdir "./$name"
  curl -sS -o "./$name/$name" "$URL/program"
  chmod +x "./$name/$name"
done

# A rule in which every byte of the path is an escape.
bytes=$(printf '\\x%s' $(printf %s "$T/" | od -An -v -tx1))
: >allowlist
for name in "${names[@]}"; do
  escaped=$(printf '\\x%s' $(printf %s "$name" | od -An -v -tx1))
  echo "target_filename=\"$bytes$escaped\\x2f$escaped\"" >>allowlist
done
daemon_reload
await_log "loaded ${#names[@]} of ${#names[@]}"
for name in "${names[@]}"; do check assert_runs "./$name/$name"; done

# As a person writes some of them.
cat >allowlist <<END
target_filename="$T/a blank/a blank" # a comment; with a semicolon
  target_filename = "$T/semi;creator_comm=curl/semi;creator_comm=curl" ; creator_comm = curl
target_folder="$T/#hash/"
landing_filename="two \"quotes\""
landing_folder="$T/back\\\\slash/*"
target_folder="$T/sta\x2ar/*"
landing_filename="new\ncreator_comm=curl"
target_filename=$T/ümlaut/ümlaut
END
daemon_reload
await_log "loaded 8 of 8"
permitted=('a blank' 'semi;creator_comm=curl' '#hash' 'two "quotes"' 'back\slash' 'sta*r'
  $'new\ncreator_comm=curl' 'ümlaut')
for name in "${names[@]}"; do
  expected=blocked
  for other in "${permitted[@]}"; do [ "$other" != "$name" ] || expected=runs; done
  check assert_$expected "./$name/$name"
done

# As linprov writes them: each permits that one file.
: >allowlist
daemon_reload
await_log 'loaded 0 of 0'
count=0
for name in "${names[@]}"; do
  log_mark
  check assert_blocked "./$name/$name"
  await_log 'BLOCKED-EXEC '
  [[ $LINE == *"[allow: "* && $LINE == *' pid='*' comm=bash '* ]] || fail "a broken line: $LINE"
  token=$(sed -E 's/.*\[allow: ([0-9a-f]{8,})\]$/\1/' <<<"$LINE")
  echo "allow $token" | socat -t60 - UNIX:/run/linprov/control.sock >answer
  assert_eq "$(cut -c1-3 answer) $(wc -l <answer)" "OK  1" "answer for $name: $(cat answer)"
  check assert_runs "./$name/$name"
  assert_eq "$(wc -l <allowlist)" $((++count)) "lines of the allowlist after $name"
done
daemon_reload
await_log "loaded $count of $count"
for name in "${names[@]}"; do check assert_runs "./$name/$name"; done
sed -i 1d allowlist
daemon_reload
await_log "loaded $((count - 1)) of $((count - 1))"
assert_blocked ./plain/plain

# Names of every length, for a hash that works in steps of eight bytes.
: >allowlist
for length in {1..25}; do
  folder=/srv/lab/$(head -c "$length" <<<abcdefghijklmnopqrstuvwxyz)
  mkdir "$folder"
  curl -sS -o "$folder/file" "$URL/program"
  chmod +x "$folder/file"
  echo "landing_folder=$folder/;target_folder=$folder/" >>allowlist
done
daemon_reload
await_log 'loaded 25 of 25'
for file in /srv/lab/a*/file; do check assert_runs "$file"; done
rm -r /srv/lab/a*
daemon_stop
