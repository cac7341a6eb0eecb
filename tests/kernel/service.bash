# Helpers for scenarios in which systemd runs linprov; comes after lib.sh.

# slow_host: a guest that shares two processors with others takes its time.
slow_host() {
  mkdir -p /etc/systemd/system/linprov.service.d
  printf '[Service]\nTimeoutStartSec=300\nWatchdogSec=%s\n' "${1:-300}" \
    >/etc/systemd/system/linprov.service.d/lab.conf
}

main_pid() {
  systemctl show linprov --property=MainPID --value
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
JOURNAL_CURSOR=$T/.cursor
await_journal() {
  local end=$((SECONDS + 60)) line
  while true; do
    line=$(journalctl -u linprov -o cat --show-cursor ${JOURNAL_AFTER:+--after-cursor="$JOURNAL_AFTER"})
    if grep -Eq -e "$1" <<<"$line"; then
      JOURNAL_AFTER=$(sed -n 's/^-- cursor: //p' <<<"$line" | tail -n 1)
      LINE=$(grep -E -e "$1" <<<"$line" | tail -n 1)
      return 0
    fi
    [ $SECONDS -lt $end ] || fail "no message of the service matches '$1': $line"
    sleep 0.2
  done
}

# fetch PATH: downloads the file of that base name (else "program") from $URL, executable.
fetch() {
  local name=${1##*/}
  [ -e "$T/www/$name" ] || name=program
  curl -sS -o "$1" "$URL/$name"
  chmod +x "$1"
}

# await_mark PATH: waits until the mark has reached the file's attributes.
await_mark() {
  local end=$((SECONDS + 30))
  until [ -n "$(getfattr --absolute-names -m '^security.bpf.linprov' "$1")" ]; do
    [ $SECONDS -lt $end ] || fail "$1 has no mark in its attributes"
    sleep 0.2
  done
}
