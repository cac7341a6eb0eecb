# A day on an honest machine, twice: first learned by soak, then under enforcement. Nothing that is
# done again is refused, and only what came from the network is marked.
# boot: systemd
# deadline: 1500
# gate: none
# case: lockout/day
. /lab/kernel/lib.sh
. /lab/kernel/service.bash

# A package, a project with a Makefile, a wheel: what a developer's machine gets in a day.
mkdir -p www deb/DEBIAN deb/usr/bin project www/simple/tool wheel/tool-1.0.dist-info
make_elf deb/usr/bin/packaged
make_elf www/never
cat >project/Makefile <<'END'
hello: hello.c
	tcc -o $@ $<
check: hello
	./hello && sh test.sh
END
echo 'int printf(const char *, ...); int main(void) { return printf("hello\n") != 6; }' >project/hello.c
echo 'echo tested' >project/test.sh
git -C project init -q
git -C project add .
git -C project -c user.name=n -c user.email=e commit -q -m first
git clone -q --bare project www/project.git
git -C www/project.git update-server-info
printf 'def main():\n    print("tool ran")\n' >wheel/tool.py
printf 'Metadata-Version: 2.1\nName: tool\nVersion: 1.0\n' >wheel/tool-1.0.dist-info/METADATA
printf 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n' >wheel/tool-1.0.dist-info/WHEEL
printf '[console_scripts]\ntool = tool:main\n' >wheel/tool-1.0.dist-info/entry_points.txt
printf '%s,,\n' tool.py tool-1.0.dist-info/{METADATA,WHEEL,entry_points.txt,RECORD} \
  >wheel/tool-1.0.dist-info/RECORD
(cd wheel && zip -qr ../www/tool-1.0-py3-none-any.whl .)
echo '<a href="/tool-1.0-py3-none-any.whl">tool</a>' >www/simple/tool/index.html
serve www

printf '#!/bin/sh\nldconfig\n' >deb/DEBIAN/postinst
chmod 755 deb/DEBIAN/postinst
repository

# The machine's own services, and a login from elsewhere.
ssh-keygen -q -t ed25519 -N '' -f key
install -d -m 700 -o user /home/user/.ssh
install -m 600 -o user key.pub /home/user/.ssh/authorized_keys
printf 'StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\nLogLevel ERROR\n' >client
systemctl start ssh
printf '/var/log/day.log {\n  rotate 3\n  missingok\n  postrotate\n    echo rotated >/var/log/rotated\n  endscript\n}\n' \
  >/etc/logrotate.d/day
cat >/usr/local/bin/nightly <<'END'
#!/bin/sh
echo "$(date): nightly" >>/var/log/day.log
END
chmod +x /usr/local/bin/nightly

# at_home COMMAND: a line that the user types, in a session over the network.
at_home() {
  assert_runs ssh -F client -i key "user@$REMOTE" "set -eu; $1"
}

# day NUMBER
day() {
  publish "$1"
  assert_runs apt-get -q -y install other
  assert_runs packaged
  at_home "echo 'alias day=$1' >>.bashrc; bash -ic day 2>/dev/null || true"
  at_home "rm -rf project; git clone -q $URL/project.git; cd project; make -s; make -s check"
  grep -q tested .out || fail "not built: $(cat .out)"
  at_home "[ -e venv ] || python3 -m venv venv
    venv/bin/pip install -q --disable-pip-version-check --no-cache-dir --force-reinstall \
      --index-url $URL/simple --trusted-host $REMOTE tool
    venv/bin/tool"
  grep -q 'tool ran' .out || fail "not installed: $(cat .out)"
  rm -f /var/log/day.log /run/crond.reboot
  echo '@reboot root /usr/local/bin/nightly' >/etc/cron.d/day
  systemctl restart cron
  timeout 60 bash -c 'until [ -s /var/log/day.log ]; do sleep 0.2; done' || fail "cron did nothing"
  assert_runs logrotate -f /etc/logrotate.conf
  [ -s /var/log/rotated ] && [ -e /var/log/day.log.1 ] || fail "nothing was rotated"
}

slow_host
assert_runs linprov setup --yes
sed -i 's/^#mode = .*/mode = "soak"/; s/^#soak = .*/soak = ["target_filename", "execution_uid"]/' \
  /etc/linprov/config.toml
systemctl restart linprov
day 1
# Learned: what was built, and what was installed for the user; nothing of the machine itself.
await_journal 'soak: added .*/home/user/venv/bin/tool'
grep -v '^#' /etc/linprov/allowlist | sort >learned
cat learned
if grep '^target_filename' learned | grep -v '=/home/user/\(project\|venv\)/'; then
  fail "soak learned something else"
fi

sed -i 's/^mode = .*/mode = "enforce"/' /etc/linprov/config.toml
reload_service
fetch never
assert_blocked ./never
day 2
if journalctl -u linprov -o cat | grep 'BLOCKED-' | grep -v "WOULD-\|$T/never"; then
  fail "something was refused on the second day"
fi
assert_runs linprov status
grep -q 'nothing was lost' .out || fail "losses: $(cat .out)"

# What is marked came from the network: packages and their lists, the project, the venv's tool.
python3 - >marked <<'END'
import sqlite3
store = sqlite3.connect("/var/lib/linprov/store.db")
for (path,) in store.execute("select path from marks where path is not null order by path"):
    print(path.decode("utf-8", "replace") if isinstance(path, bytes) else path)
END
echo "$(wc -l <marked) files are marked:"
sed -E 's#^(/home/user/[^/]+|/var/[^/]+/[^/]+|/[^/]+/[^/]+).*#\1#' marked | sort | uniq -c
if grep -Ev "^(/var/lib/(apt|dpkg)/|/var/cache/(apt|ldconfig)/|/etc/ld.so.cache|/usr/bin/packaged|/var/log/(apt|dpkg)|/home/user/(project|venv)/|/tmp/|$T/never)" marked; then
  fail "these are marked, too"
fi
for file in /home/user/.bashrc /var/log/day.log.1 /var/log/rotated /etc/cron.d/day /usr/local/bin/nightly; do
  assert_runs linprov show $file
  grep -q ': not marked' .out || fail "marked: $(cat .out)"
done
assert_runs packaged
