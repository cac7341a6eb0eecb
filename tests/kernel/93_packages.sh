# apt installs, upgrades and removes under enforcement, with no rules but those that setup wrote.
# boot: systemd
# deadline: 1500
# kernels: 6.12 -- systemd, apt and files are the same on all
# case: file/packages lockout/upgrade
. /lab/kernel/lib.sh
. /lab/kernel/service.bash

# release VERSION: a package with a program, a library of Python and a script for every occasion.
release() {
  mkdir -p deb/DEBIAN deb/usr/bin deb/usr/lib/python3/dist-packages
  for script in preinst postinst prerm postrm; do
    printf '#!/bin/sh\necho %s >>%s/ran\n' "$script-$1" "$T" >deb/DEBIAN/$script
    chmod 755 deb/DEBIAN/$script
  done
  make_elf deb/usr/bin/packaged
  echo "version = '$1'" >deb/usr/lib/python3/dist-packages/packaged.py
  publish "$1"
}

mkdir www
make_elf www/program
serve www
repository
slow_host
assert_runs linprov setup --yes
sed -i 's/^#mode = .*/mode = "enforce"/' /etc/linprov/config.toml
reload_service
fetch program
assert_blocked ./program

release 1
assert_runs apt-get -q -y install other
await_mark /usr/bin/packaged
assert_runs packaged
assert_eq "$(python3 -c 'import packaged; print(packaged.version)')" 1
release 2
assert_runs apt-get -q -y install other
assert_runs packaged
assert_eq "$(python3 -c 'import packaged; print(packaged.version)')" 2
assert_runs apt-get -q -y remove --purge other
assert_eq "$(xargs <ran)" \
  "preinst-1 postinst-1 prerm-1 preinst-2 postrm-1 postinst-2 prerm-2 postrm-2 postrm-2"
if journalctl -u linprov -o cat | grep BLOCKED | grep -v "$T/program"; then
  fail "something else was refused"
fi
# The same bytes, brought by anybody else, aren't a package's.
fetch other-2.deb
dpkg-deb -x other-2.deb extracted
assert_blocked extracted/usr/bin/packaged
