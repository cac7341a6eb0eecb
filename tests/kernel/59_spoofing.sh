# A rule over paths means those of the host: what an ordinary user mounts, or where he makes his root,
# can't pass for them.
# weight: 2
# deadline: 600
# daemon: kept
# gate: 6.12
# case: code/spoofed_paths
. /lab/kernel/lib.sh

mkdir -p www /opt/lab /home/user/root/opt/lab /home/user/root/bin
make_elf www/program
cp /usr/bin/wget www/
serve www
cat >allowlist <<'END'
target_filename=/opt/lab/tool
creator_process=/opt/lab/fetch
landing_folder=/opt/lab/landing/
END
# Root's own: a downloader that is trusted by its path, a folder for downloads, a tool.
cp /usr/bin/curl /opt/lab/fetch
mkdir /opt/lab/landing
chmod 777 /opt/lab/landing
daemon_start --mode enforce --allowlist "$T/allowlist"
curl -sS -o /opt/lab/tool "$URL/program"
chmod +x /opt/lab/tool
as_user user curl -sS -o /home/user/brought "$URL/program"
chmod +x /home/user/brought
cp /bin/busybox /home/user/root/bin/

# What the rules are for.
check assert_runs /opt/lab/tool
as_user user /opt/lab/fetch -sS -o /home/user/fetched "$URL/program"
as_user user curl -sS -o /opt/lab/landing/landed "$URL/program"
chmod +x /home/user/fetched
as_user user chmod +x /opt/lab/landing/landed
check assert_runs as_user user /home/user/fetched
check assert_runs as_user user /opt/lab/landing/landed
check assert_blocked as_user user /home/user/brought

# inside COMMANDS: the user, as root of namespaces of his own.
inside() {
  as_user user env URL="$URL" unshare -rm bash -euc "cd /home/user; $1"
}
# A program of this machine runs there; a download doesn't, whatever path it has.
check assert_runs inside 'mount --bind /lab/bin/ran /opt/lab/tool; /opt/lab/tool'
check assert_blocked inside 'mount --bind brought /opt/lab/tool; /opt/lab/tool'
check assert_blocked inside 'mount -t tmpfs none /opt/lab; cp brought /opt/lab/tool; /opt/lab/tool'
cp /lab/bin/ran /home/user/root/opt/lab/tool
chown -R user: /home/user/root
check assert_runs inside 'chroot root /opt/lab/tool'
as_user user cp /home/user/brought /home/user/root/opt/lab/tool
check assert_blocked inside 'chroot root /opt/lab/tool'
check assert_blocked inside 'mount --rbind root root; cd root; mkdir -p old; pivot_root . old; /opt/lab/tool'

# Nor does what comes by another program that was put in the place of a trusted one, or to a folder
# that was, and is executed on the host.
inside 'mount --bind /usr/bin/wget /opt/lab/fetch; /opt/lab/fetch -q -O spoofed "$URL/program"'
inside 'mount --bind /home/user /opt/lab/landing; curl -sS -o /opt/lab/landing/spoofed2 "$URL/program"'
as_user user chmod +x /home/user/spoofed /home/user/spoofed2
check assert_blocked as_user user /home/user/spoofed
check assert_blocked as_user user /home/user/spoofed2
daemon_stop
rm -rf /opt/lab /home/user/root /home/user/{brought,fetched,spoofed,spoofed2}
