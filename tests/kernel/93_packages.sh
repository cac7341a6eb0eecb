# apt installs, upgrades and removes under enforcement, with no rules but those that setup wrote; what
# dpkg wrote and no package has, or has otherwise, loses the trust in dpkg.
# boot: systemd
# deadline: 1500
# kernels: 6.12 -- systemd, apt and files are the same on all
# gate: none
# case: file/packages file/not_the_packages lockout/upgrade
. /lab/kernel/lib.sh
. /lab/kernel/service.bash

# prepare VERSION: a package with a program, a library of Python and a script for every occasion.
prepare() {
  mkdir -p deb/DEBIAN deb/usr/bin deb/usr/lib/python3/dist-packages
  for script in preinst postinst prerm postrm; do
    printf '#!/bin/sh\necho %s >>%s/ran\n' "$script-$1" "$T" >deb/DEBIAN/$script
    chmod 755 deb/DEBIAN/$script
  done
  make_elf deb/usr/bin/packaged
  echo "version = '$1'" >deb/usr/lib/python3/dist-packages/packaged.py
}

# release VERSION: has apt find it.
release() {
  prepare "$1"
  publish "$1"
}

mkdir www
make_elf www/program
serve www
repository
slow_host
# Other package managers, as far as a rule sees them: a program at that path, with what it writes.
mkdir -p /usr/lib/snapd /usr/libexec /var/lib/flatpak /snap/app
for program in /usr/bin/pacman /usr/bin/dnf5 /usr/lib/snapd/snapd /usr/libexec/flatpak-system-helper; do
  cp /usr/bin/curl "$program"
done
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

# bring PROGRAM FILE: what it downloads.
bring() {
  "$1" -sS -o "$2" "$URL/program"
  chmod +x "$2"
}
for program in pacman dnf5; do
  bring /usr/bin/$program brought
  check assert_runs ./brought
  rm brought
  # Only root's, and only the host's.
  as_user user /usr/bin/$program -sS -o /home/user/brought "$URL/program"
  chmod +x /home/user/brought
  check assert_blocked /home/user/brought
  rm /home/user/brought
  unshare -m bash -c "mount --bind /usr/bin/curl /usr/bin/$program
    /usr/bin/$program -sS -o brought $URL/program"
  chmod +x brought
  check assert_blocked ./brought
  rm brought
done
bring /usr/libexec/flatpak-system-helper /var/lib/flatpak/app
check assert_runs unshare -Urm /var/lib/flatpak/app
bring /usr/libexec/flatpak-system-helper brought
check assert_blocked ./brought
mkdir image
make_elf image/tool
mksquashfs image www/app.snap -quiet -no-progress >/dev/null
/usr/lib/snapd/snapd -sS -o app.snap "$URL/app.snap"
mount -o loop app.snap /snap/app
check assert_runs /snap/app/tool
umount /snap/app
curl -sS -o other.snap "$URL/app.snap"
mount -o loop other.snap /snap/app
check assert_blocked /snap/app/tool
umount /snap/app

# What dpkg wrote is compared with its database as soon as dpkg is done: a package whose checksums
# don't fit, and a file that dpkg wrote for another database. Their neighbours stay.
prepare 3
cat >>deb/DEBIAN/postinst <<'END'
printf '#!/bin/sh\necho dropped\n' >/usr/bin/dropped
chmod +x /usr/bin/dropped
END
make_elf deb/usr/bin/tampered
(cd deb && md5sum usr/bin/packaged usr/lib/python3/dist-packages/packaged.py) >deb/DEBIAN/md5sums
echo "00000000000000000000000000000000  usr/bin/tampered" >>deb/DEBIAN/md5sums
publish 3
assert_runs apt-get -q -y install other
await_journal 'DISTRUSTED target=/usr/bin/tampered database=dpkg package=other why="its content'
assert_blocked tampered
assert_runs packaged
assert_eq "$(python3 -c 'import packaged; print(packaged.version)')" 3
# What the package's script wrote is no file of dpkg's, so no rule permits it.
assert_blocked dropped

mkdir -p stray/DEBIAN stray/usr/bin database/info database/updates database/triggers
touch database/status database/available
make_elf stray/usr/bin/stray
make_elf stray/usr/bin/.stray
printf 'nothing to run\n' >stray/usr/bin/stray.txt
sed 's/^Package: .*/Package: stray/' deb/DEBIAN/control >stray/DEBIAN/control
dpkg-deb -b stray www/stray.deb >/dev/null
fetch stray.deb
assert_runs dpkg --admindir="$T/database" -i stray.deb
await_journal 'DISTRUSTED target=/usr/bin/stray database=dpkg package=\? why="no package lists it"'
assert_blocked stray
assert_runs packaged
# It stays so, and is seen.
systemctl restart linprov
assert_blocked stray
assert_blocked tampered
assert_runs packaged
assert_runs linprov status --json
assert_eq "$(jq .marks.distrusted .out)" 3
assert_rc 1 linprov doctor
grep -q '3 files are not what their packages say' .out || fail "not said: $(cat .out)"
journalctl -u linprov -o cat | grep DISTRUSTED | grep -v 'target=/usr/bin/\(tampered\|.\?stray\) ' &&
  fail "something else lost the trust"

# The advice: a package that is right.
rm deb/DEBIAN/md5sums /usr/bin/stray /usr/bin/.stray
release 4
assert_runs apt-get -q -y install other
assert_runs tampered
assert_runs linprov status --json
assert_eq "$(jq .marks.distrusted .out)" 0
assert_rc 0 linprov doctor
