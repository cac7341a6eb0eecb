# A rule over a writer that is root holds only for what the network had no part in starting: not for what a
# permitted download has dpkg install, however it does that; but from a setuid program on, for what rules
# trust, for users, and for a download that is the writer itself.
# weight: 14
# deadline: 900
# gate: 6.12
# case: file/ancestors
. /lab/kernel/lib.sh

# package N: www/N.deb with /opt/pN/run.
package() {
  rm -rf deb
  mkdir -p deb/DEBIAN "deb/opt/p$1"
  printf 'Package: p%s\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: none\n' "$1" \
    >deb/DEBIAN/control
  make_elf "deb/opt/p$1/run"
  # A checksum, so that the check against dpkg's database has nothing to say.
  (cd deb && md5sum "opt/p$1/run" >DEBIAN/md5sums)
  dpkg-deb -Znone -b deb "www/$1.deb" >/dev/null
}

# installs N runs|blocked CMD…: CMD installs package N, and what it brought runs, or doesn't.
NUMBER=0
installs() {
  local how=$1
  shift
  curl -sS -o "$T/$NUMBER.deb" "$URL/$NUMBER.deb"
  assert_runs "${@//@/$T/$NUMBER.deb}"
  if [ "$how" = runs ]; then
    assert_runs "/opt/p$NUMBER/run"
  else
    assert_blocked "/opt/p$NUMBER/run"
  fi
  NUMBER=$((NUMBER + 1))
}

mkdir www
cp "$(command -v env)" www/env
cp "$(command -v bash)" www/bash
cp "$(command -v curl)" www/curl
printf '#!/bin/sh\n"$@"\n' >www/script
cp "$(ldconfig -p | awk '/libz.so.1 / && !seen++ { print $NF }')" www/library.so
for number in $(seq 0 15); do package "$number"; done
serve www
# A package manager of users, and a shell that stays open.
cat >allowlist <<END2
writer_process=/usr/bin/dpkg;writer_uid=0
writer_process=/usr/bin/wget
writer_process=$T/curl
creator_process=/usr/bin/curl;target_filename=$T/env
creator_process=/usr/bin/curl;target_filename=$T/bash
creator_process=/usr/bin/curl;target_filename=$T/curl
creator_process=/usr/bin/curl;target_filename=$T/script
creator_process=/usr/bin/curl;target_filename=$T/library.so
END2
daemon_start --mode enforce --allowlist "$T/allowlist" --log-level debug --protect-self=false
await_log 'loaded 8 of 8'
for file in env bash curl script library.so; do
  curl -sS -o $file "$URL/$file"
  chmod 755 $file
done
chmod 755 "$T"

# Nobody but clean ancestors.
installs runs dpkg -i @
installs runs setsid bash -c 'dpkg -i @'
# What was only read is no ancestor.
installs runs bash -c 'cat env script >/dev/null; dpkg -i @'
# A program, exec and fork, a session of its own, a script, a library.
assert_eq "$(linprov status --json | jq .marks.unknown_writer)" 0 "writers that aren't known"
installs blocked ./env dpkg -i @
[ "$(linprov status --json | jq .marks.unknown_writer)" -ge 1 ] || fail "not counted"
assert_runs linprov show --json "/opt/p$((NUMBER - 1))/run"
assert_eq "$(jq -c '[.writer, .writer_uid]' .out)" '[null,null]' "its writer"
installs blocked ./bash -c 'dpkg -i @; true'
installs blocked ./env setsid bash -c '(dpkg -i @) & wait'
installs blocked ./script dpkg -i @
installs blocked bash -c '. ./script true; dpkg -i @'
installs blocked env LD_PRELOAD="$T/library.so" env -u LD_PRELOAD dpkg -i @
# sudo by root asks nobody.
installs blocked ./env sudo dpkg -i @
# A setuid program answers for who may call it.
installs runs as_user user "$T/env" sudo dpkg -i @
# What a rule trusts is no download any more.
cp "$(command -v env)" www/trusted
mkdir -p deb2/DEBIAN deb2/opt/trusted
printf 'Package: trusted\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: none\n' \
  >deb2/DEBIAN/control
cp "$(command -v env)" deb2/opt/trusted/env
(cd deb2 && md5sum opt/trusted/env >DEBIAN/md5sums)
dpkg-deb -Znone -b deb2 www/trusted.deb >/dev/null
curl -sS -o trusted.deb "$URL/trusted.deb"
assert_runs dpkg -i trusted.deb
installs runs /opt/trusted/env dpkg -i @

# Rules over a user's writer hold as before, and so does one over a download.
chmod 777 "$T"
as_user user "$T/env" wget -q -O "$T/users" "$URL/env"
chmod 755 users
assert_runs ./users true
./env wget -q -O roots "$URL/env"
chmod 755 roots
assert_blocked ./roots true
wget -q -O clean "$URL/env"
chmod 755 clean
assert_runs ./clean true
./curl -sS -o own "$URL/env"
chmod 755 own
assert_runs ./own true
# Written over by the same program with no clean ancestors.
./env wget -q -O clean "$URL/env"
assert_blocked ./clean true

# A daemon that is killed, and the next one, forget nothing of who runs.
mkfifo go
curl -sS -o "$NUMBER.deb" "$URL/$NUMBER.deb"
./bash -c "read -r _ <go; dpkg -i $T/$NUMBER.deb; true" >out 2>&1 &
waiting=$!
kill -KILL "$DAEMON_PID"
wait "$DAEMON_PID" || :
daemon_start --mode enforce --allowlist "$T/allowlist" --log-level debug --protect-self=false
await_log 'took over'
echo >go
wait $waiting
assert_blocked "/opt/p$NUMBER/run"
