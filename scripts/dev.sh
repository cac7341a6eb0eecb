#!/bin/sh
# Everything a developer or the gate does here, from a fresh Debian 12 or 13 or Ubuntu: installs
# what is missing (Debian packages and the pinned Deno), then hands over to a deno task.
set -eu

usage() {
  cat <<'END'
Usage: scripts/dev.sh COMMAND

  build                         makes ./linprov
  test [--full]                 the gate: format, lint, types, unit tests, scenarios in VMs; --full
                                runs all scenarios on all kernels, which takes three times as long
  scenario NAME… [--kernel K]   runs scenarios of tests/kernel and prints what they print
  demo                          shows linprov at work in a VM, as a transcript
  lab [KERNEL]                  a shell in a VM with linprov installed (6.1, 6.12 or 7.3)
  soak-test [MINUTES] [--kernel K] [--seed N]
                                random activity with faults in between, in a VM; reports wrong
                                verdicts, losses and memory
  bench [--write] [--kernel K]  counts instructions in VMs; --write updates docs/benchmarks.md
END
}

DENO_VERSION=2.9.6
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/linprov-lab

say() {
  echo "dev: $*" >&2
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# need PACKAGE PROGRAM: has the package installed if the program is missing.
need() {
  command -v "$2" >/dev/null 2>&1 || MISSING="$MISSING $1"
}

need_file() {
  [ -e "$2" ] || MISSING="$MISSING $1"
}

# The clang to compile BPF with: 19, or the newest there is from 15 on.
need_clang() {
  for version in 19 23 22 21 20 18 17 16 15; do
    if command -v "clang-$version" >/dev/null 2>&1; then return; fi
  done
  MISSING="$MISSING CLANG"
}

newest_clang() {
  apt-cache search --names-only '^clang-[0-9]+$' | cut -d' ' -f1 | sed 's/clang-//' |
    awk '$1 == 19 { exact = 1 } $1 >= 15 && $1 > newest { newest = $1 }
      END { if (exact) print "clang-19"; else if (newest) print "clang-" newest }'
}

# Something that takes the debugger's data out of BPF objects.
need_strip() {
  for program in bpftool llvm-strip llvm-strip-19; do
    if command -v "$program" >/dev/null 2>&1; then return; fi
  done
  MISSING="$MISSING STRIP"
}

# Debian has bpftool as a package; Ubuntu, before 24.10, only for its own kernels.
strip_package() {
  case $(apt-cache policy bpftool 2>/dev/null) in
    *"Candidate: (none)"* | "") echo llvm ;;
    *) echo bpftool ;;
  esac
}

# What building needs: a C compiler and zstd for the launcher, clang and libbpf for BPF.
find_missing_for_build() {
  need gcc gcc
  need_file libc6-dev /usr/include/stdio.h
  need_clang
  need_strip
  need_file libzstd-dev /usr/include/zstd.h
  need_file libbpf-dev /usr/include/bpf/bpf_helpers.h
}

# Programs that the virtual machines need; QEMU has its own rules, see tests/lab/qemu.ts.
find_missing_for_lab() {
  need mmdebstrap mmdebstrap
  need e2fsprogs mke2fs
  need kmod depmod
  need xz-utils xz
  need npm npm
  need_file debian-archive-keyring /usr/share/keyrings/debian-archive-keyring.gpg
}

install_missing() {
  [ -n "$MISSING" ] || return 0
  say "installing$MISSING"
  log=$(mktemp)
  (
    as_root apt-get update -q
    case " $MISSING " in
      *" CLANG "*)
        clang=$(newest_clang)
        [ -n "$clang" ] || { echo "no clang from 15 on can be installed"; exit 1; }
        MISSING=$(echo "$MISSING" | sed "s/CLANG/$clang/")
        ;;
    esac
    MISSING=$(echo "$MISSING" | sed "s/STRIP/$(strip_package)/")
    # shellcheck disable=SC2086 # a list
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 \
      install --no-install-recommends $MISSING
  ) >"$log" 2>&1 || { tail -n 20 "$log" >&2; say "could not install$MISSING"; exit 1; }
  rm -f "$log"
}

# Sets DENO to the pinned version, if it is on this machine.
find_deno() {
  for DENO in "deno-$DENO_VERSION" deno "$CACHE/deno-$DENO_VERSION/deno"; do
    DENO=$(command -v "$DENO" || true)
    if [ -n "$DENO" ] && is_pinned "$DENO"; then return 0; fi
  done
  DENO=
  return 1
}

# Gets npm's package, which holds the real program.
fetch_deno() {
  say "fetching deno $DENO_VERSION"
  # Made aside and moved into place, so that two at once don't see half of it.
  new=$(mktemp -d "$CACHE/deno.XXXXXX")
  npm install --prefix "$new" --ignore-scripts --no-audit --no-fund --loglevel=error \
    "deno@$DENO_VERSION" >&2
  found=$(find "$new/node_modules" -type f -name deno -size +1000k | head -n 1)
  [ -n "$found" ] || { say "npm's deno@$DENO_VERSION has no program for this machine"; exit 1; }
  chmod +x "$found"
  mkdir -p "$CACHE/deno-$DENO_VERSION"
  mv -f "$found" "$CACHE/deno-$DENO_VERSION/deno"
  rm -rf "$new"
  find_deno || { say "what npm brought is not deno $DENO_VERSION"; exit 1; }
}

is_pinned() {
  case $("$1" --version 2>/dev/null) in
    "deno $DENO_VERSION "*) return 0 ;;
    *) return 1 ;;
  esac
}

COMMAND=${1:-}
case $COMMAND in
  build | test | scenario | demo | lab | soak-test | bench) shift ;;
  -h | --help | help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac

PATH=$PATH:/usr/sbin:/sbin
cd "$(dirname "$0")/.."
MISSING=
find_missing_for_build
[ "$COMMAND" = build ] || find_missing_for_lab
find_deno || need npm npm
install_missing
mkdir -p "$CACHE/bin"
[ -n "$DENO" ] || fetch_deno

# What the tasks start finds the same deno by its name.
ln -sfn "$DENO" "$CACHE/bin/deno"
PATH=$CACHE/bin:$PATH
export PATH

exec deno task --quiet "$COMMAND" "$@"
