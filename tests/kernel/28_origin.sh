# What `linprov show` tells of a file: where its bytes came from, and through which files.
# weight: 4
# kernels: 6.12 -- what user space says and does: kernels do not differ in it
. /lab/kernel/lib.sh

mkdir -p www/in tree
make_elf www/in/program
tar -C www -czf www/archive.tgz in
serve www
port=${URL##*:}
daemon_start --mode enforce

mkdir -m 777 home
as_user user bash -c "cd $T/home && curl -sS -O $URL/archive.tgz"
tar -C tree -xzf home/archive.tgz
cp tree/in/program copy
mv copy moved
daemon_stop # everything is in the store

shows() {
  grep -qE -e "$1" .out || check fail "no line matches '$1': $(cat .out)"
}

assert_runs linprov show moved
shows "^moved: marked"
shows "from +$REMOTE:$port \(zone internet\), 20"
shows "received by +/usr/bin/curl \(curl, uid 1000\)"
shows "written by +/usr/bin/cp \(uid 0\)"
shows "landed as +$T/copy"
shows "came out of +$T/tree/in/program, which came out of $T/home/archive.tgz"

assert_runs linprov show home/archive.tgz
shows "written by +/usr/bin/curl \(uid 1000\)"
if grep -q "came out of" .out; then check fail "what was received came out of nothing"; fi

assert_runs linprov show --json moved
assert_eq "$(jq -r '.came_out_of | join(" ")' .out)" "$T/tree/in/program $T/home/archive.tgz"
assert_eq "$(jq -r .origin.creator .out)" /usr/bin/curl

# What a browser or `curl --xattr` notes by itself is shown as what it is: a claim.
setfattr -n user.xdg.origin.url -v http://example.org/x moved
assert_runs linprov show moved
shows "claimed url +http://example.org/x \(not verified\)"

assert_runs linprov show www/in/program
shows "^www/in/program: not marked"
