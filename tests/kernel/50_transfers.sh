# Programs that come over ssh, rsync and git are refused, in whichever direction somebody typed it;
# what a session over ssh writes by itself stays local. The same over the loopback address runs.
# deadline: 900
# daemon: kept
# gate: none
# case: source/uploads source/sessions file/cloned file/tools file/transferred
. /lab/kernel/lib.sh

mkdir www git
make_elf www/program
cp www/program git/
(
  cd git
  git init -q
  git add program
  git -c user.name=n -c user.email=e commit -q -m m
)
serve www

# Quick ones of all that it offers: an emulated machine takes its time over the others.
ssh-keygen -q -t ed25519 -N '' -f key
cat >client <<END
Port 2222
IdentityFile $T/key
StrictHostKeyChecking no
UserKnownHostsFile /dev/null
LogLevel ERROR
KexAlgorithms curve25519-sha256
Ciphers aes128-gcm@openssh.com
END
cat >sshd <<END
Port 2222
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin yes
StrictModes no
AuthorizedKeysFile $T/key.pub
Subsystem sftp /usr/lib/openssh/sftp-server
END
# Another one, which does without sftp-server.
sed 's/2222/2223/; s#/usr/lib.*#internal-sftp#' sshd >sshd_internal
mkdir -p /run/sshd
/usr/sbin/sshd -f "$T/sshd"
/usr/sbin/sshd -f "$T/sshd_internal"
for program in ssh scp sftp; do
  eval "$program() { command $program -F '$T/client' \"\$@\"; }"
  export -f "${program?}"
done
export GIT_SSH_COMMAND="ssh -F $T/client" RSYNC_RSH="ssh -F $T/client"
printf '[here]\npath = %s\nread only = no\nuse chroot = no\nuid = root\n' "$T" >rsyncd
rsync --daemon --config=rsyncd --port=8730
git daemon --base-path="$T" --export-all --detach --reuseaddr

daemon_start --mode enforce

try() {
  bash -euc -o pipefail "$WAY" >out 2>&1 || fail "this doesn't work: $WAY: $(cat out)"
  chmod +x program
  check "assert_$1" ./program
}
near_and_far try <<'WAYS'
scp ../www/program $HOST:$PWD/program
scp -P 2223 ../www/program $HOST:$PWD/program
scp -O ../www/program $HOST:$PWD/program
echo "put ../www/program $PWD/program" | sftp -b - $HOST
ssh $HOST "cat > $PWD/program" < ../www/program
tar -C ../www -c program | ssh $HOST tar x -C $PWD
rsync ../www/program $HOST:$PWD/
rsync ../www/program rsync://$HOST:8730/here/${PWD##*/}/
scp $HOST:$PWD/../www/program program
scp -O $HOST:$PWD/../www/program program
sftp -q $HOST:$PWD/../www/program program
ssh $HOST cat $PWD/../www/program > program
ssh $HOST tar c -C $PWD/../www program | tar x
rsync $HOST:$PWD/../www/program .
rsync rsync://$HOST:8730/here/www/program .
curl -sS -o a $URL/program; rsync a program
curl -sS -o a $URL/program; scp a program
git clone -q git://$HOST/git r; mv r/program .
git clone -q $HOST:$PWD/../git r; mv r/program .
git init -q; git pull -q git://$HOST/git
WAYS

# They write a local program, in a session that came over the network.
clean() {
  if [ "$1" = blocked ]; then try runs; fi
}
near_and_far clean <<'WAYS'
ssh $HOST cp $PWD/../www/program $PWD/program
ssh -tt $HOST cp $PWD/../www/program $PWD/program
echo "cp $PWD/../www/program $PWD/program; exit" | ssh -tt $HOST
WAYS
daemon_stop
