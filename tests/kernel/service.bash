# Helpers for scenarios in which systemd runs linprov; comes after lib.sh.

# slow_host: an emulated machine beside others takes its time to start.
slow_host() {
  mkdir -p /etc/systemd/system/linprov.service.d
  printf '[Service]\nTimeoutStartSec=300\n' >/etc/systemd/system/linprov.service.d/lab.conf
}

# property NAME [UNIT]: what systemd has for it.
property() {
  systemctl show "${2:-linprov}" --property="$1" --value
}

# await_service STATE [SECONDS]
await_service() {
  local end=$((SECONDS + ${2:-120})) state
  while state=$(systemctl is-active linprov) || true; [ "$state" != "$1" ]; do
    [ $SECONDS -lt $end ] || fail "the service is $state, expected $1: $(journalctl -u linprov -n 20)"
    sleep 0.2
  done
}

# await_journal REGEX: waits for a message of the service that came after the last one awaited.
await_journal() {
  local end=$((SECONDS + 60)) lines
  while true; do
    lines=$(journalctl -u linprov -o cat --show-cursor ${CURSOR:+--after-cursor="$CURSOR"})
    if grep -Eq -e "$1" <<<"$lines"; then
      CURSOR=$(sed -n 's/^-- cursor: //p' <<<"$lines" | tail -n 1)
      LINE=$(grep -E -e "$1" <<<"$lines" | tail -n 1)
      return 0
    fi
    [ $SECONDS -lt $end ] || fail "no message of the service matches '$1': $lines"
    sleep 0.2
  done
}

# reload_service: has the service reload, and waits until it has: not for what it said at its start.
reload_service() {
  CURSOR=$(journalctl -u linprov -o cat -n 1 --show-cursor | sed -n 's/^-- cursor: //p')
  systemctl reload linprov
  await_journal 'loaded [0-9]+ of [0-9]+ allowlist rules'
}

# fetch PATH: downloads the file of that base name (else "program") from $URL, executable.
fetch() {
  local name=${1##*/}
  [ -e "$T/www/$name" ] || name=program
  curl -sS -o "$1" "$URL/$name"
  chmod +x "$1"
}

# repository: makes $URL the only place that apt gets packages from; before it, serve.
repository() {
  mkdir kept
  mv /etc/apt/sources.list* kept
  echo "deb [trusted=yes] $URL ./" >/etc/apt/sources.list
}

# publish VERSION: packs the folder deb as the only package there, `other`, and lets apt know.
publish() {
  mkdir -p deb/DEBIAN
  printf 'Package: other\nVersion: %s\nArchitecture: all\nMaintainer: nobody\nDescription: other\n' \
    "$1" | tee deb/DEBIAN/control >www/Packages
  dpkg-deb -b deb "www/other-$1.deb" >/dev/null
  printf 'Filename: ./other-%s.deb\nSize: %s\nSHA256: %s\n' "$1" "$(stat -c %s "www/other-$1.deb")" \
    "$(sha256sum <"www/other-$1.deb" | cut -d' ' -f1)" >>www/Packages
  assert_runs apt-get -q update
}
