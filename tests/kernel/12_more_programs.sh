# As 11_programs, with what hides the way of the bytes better: other unpackers and downloaders,
# pairs of sockets, copies made in the kernel, stores into a mapping, files without a name.
# deadline: 600
# daemon: kept
# gate: none
# case: file/unpacked file/cloned file/kernel_copies file/mapped file/unnamed file/tools
. /lab/kernel/lib.sh

mkdir www
make_elf www/program
(
  cd www
  7z a program.7z program >/dev/null
  echo program | cpio -o --quiet >program.cpio
  xz -k program
  zstd -q program
  mkdir -p tree/DEBIAN
  cp program tree/
  printf 'Package: p\nVersion: 1\nArchitecture: all\nMaintainer: m\nDescription: d\n' \
    >tree/DEBIAN/control
  dpkg-deb -b tree program.deb >/dev/null
  git init -q repository
  cp program repository/
  git -C repository add program
  git -C repository -c user.name=n -c user.email=e commit -q -m m
  git -C repository update-server-info
)
serve www
daemon_start --mode enforce

try() {
  bash -euc -o pipefail "$WAY"
  chmod +x program
  check "assert_$1" ./program
}
near_and_far try <<'WAYS'
python3 -c 'import os; from urllib.request import *; urlretrieve(os.environ["URL"] + "/program", "program")'
curl -sS -O $URL/program.7z; 7z x program.7z > log
curl -sS $URL/program.cpio | cpio -i --quiet
curl -sS -O $URL/program.xz; xz -d program.xz
curl -sS $URL/program.zst | zstd -dqo program
curl -sS -O $URL/program.deb; dpkg-deb -x program.deb .
git clone -q $URL/repository/.git r; ln r/program
curl -sS -o a $URL/program; socat -u FILE:a CREATE:program
curl -sS $URL/program | socat -u STDIN CREATE:program
curl -sS -o a $URL/program; copies copy_file_range a program
curl -sS -o a $URL/program; copies sendfile a program
curl -sS -o a $URL/program; copies splice a program
curl -sS -o a $URL/program; copies mapped a program
curl -sS -o a $URL/program; copies mapped_to_write a program
curl -sS -o a $URL/program; copies unnamed a program
WAYS
daemon_stop
