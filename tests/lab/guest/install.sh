# Installs linprov and has it unpack itself.
. /lab/kernel/lib.sh
install -m 755 /lab/bin/linprov /usr/local/bin/linprov
linprov --version
