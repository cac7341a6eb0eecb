/**
 * The root filesystem all guests boot from: a small Debian, packed as one ext4 image.
 *
 * @module
 */

import { archiveKeyring, debianMirror } from "./apt.ts";
import { cached } from "./cache.ts";
import { capture, runAsRoot } from "./process.ts";

const SUITE = "bookworm";

const PACKAGES = [
  // what a machine has
  "mount procps iproute2 util-linux kmod login passwd sudo cron ca-certificates",
  "systemd systemd-sysv dbus libpam-systemd openssh-server openssh-client",
  // what downloads, and what unpacks or copies
  "curl wget git rsync netcat-openbsd socat openssl",
  "tar gzip bzip2 xz-utils zstd zip unzip p7zip-full cpio",
  // interpreters
  "python3 perl gawk make lua5.4 jq busybox-static nodejs",
  "ruby php-cli tcl expect guile-3.0 zsh mksh",
  // what people build and install with, and what tidies up
  "python3-venv tcc libc6-dev logrotate",
  // filesystems
  "e2fsprogs dosfstools xfsprogs btrfs-progs squashfs-tools fuse3 sshfs attr",
  // what linprov needs, and what looks at it
  "libbpf1 bpftool strace less",
].join(" ").split(" ");

/** npm as its makers pack it, with all it needs inside: Debian's is 300 packages. */
const NPM = "npm@10.9.4";

/** What is installed, once more as packages in /srv/debs: for a real upgrade. */
const AS_PACKAGES = "bash coreutils libc6 openssh-server";

/** Changes to the installed system; `$1` is its root, `$2` npm's package. */
const CUSTOMIZE = String.raw`
set -eu
root=$1
mkdir -p "$root/usr/local/lib/node_modules/npm"
tar -C "$root/usr/local/lib/node_modules/npm" --strip-components=1 --no-same-owner -xzf "$2"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
mkdir -p "$root/lab" "$root/lib/modules"
mkdir "$root/srv/debs"
(cd "$root/srv/debs" && APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get -q download ${AS_PACKAGES})
echo lab > "$root/etc/hostname"
printf '127.0.0.1 localhost lab\n192.0.2.1 remote.test\n' > "$root/etc/hosts"
chroot "$root" passwd -d root
chroot "$root" useradd -m -u 1000 -s /bin/bash user
echo 'user ALL=(ALL) NOPASSWD: ALL' > "$root/etc/sudoers.d/user"
chmod 0440 "$root/etc/sudoers.d/user"
# Without udev no device unit ever appears, so a login prompt would be waited for.
for unit in serial-getty@ttyS0.service getty@tty1.service systemd-firstboot.service \
  apt-daily.timer apt-daily-upgrade.timer logrotate.timer systemd-timesyncd.service; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
ln -sf /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
echo 0123456789abcdef0123456789abcdef > "$root/etc/machine-id"
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/*.log
`;

/** Bytes of the image: room for what scenarios write; the file is sparse. */
const IMAGE_SIZE = "3G";

/**
 * Makes the root image, or finds it in the cache.
 *
 * @returns the path of a raw ext4 image; nobody may write to it
 */
export async function rootImage(): Promise<string> {
  const recipe = { version: 3, SUITE, PACKAGES, NPM, CUSTOMIZE, IMAGE_SIZE };
  const dir = await cached("root", recipe, async (dir) => {
    const tree = `${dir}/tree`;
    await Deno.writeTextFile(`${dir}/customize`, CUSTOMIZE);
    const npm = await capture("npm", ["pack", "--silent", "--pack-destination", dir, NPM]);
    const excluded = ["doc", "man", "locale", "info"].flatMap((part) => [
      `--dpkgopt=path-exclude=/usr/share/${part}/*`,
    ]);
    await runAsRoot("mmdebstrap", [
      "--mode=root",
      "--quiet",
      "--variant=apt",
      `--keyring=${archiveKeyring()}`,
      `--include=${PACKAGES.join(",")}`,
      ...excluded,
      ...await aptOptions(),
      `--customize-hook=sh ${dir}/customize "$1" ${dir}/${npm.trim()}`,
      SUITE,
      tree,
      await debianMirror(),
    ], { env: { DEBIAN_FRONTEND: "noninteractive" } });
    // 256-byte inodes are what every ext4 of the last 15 years has: the mark fits inside one.
    const geometry = ["-t", "ext4", "-I", "256", "-m", "0", "-L", "root"];
    await runAsRoot("mke2fs", ["-q", ...geometry, "-d", tree, `${dir}/root.ext4`, IMAGE_SIZE]);
    await runAsRoot("chown", [`${Deno.uid()}:${Deno.gid()}`, `${dir}/root.ext4`]);
    await runAsRoot("rm", ["-rf", tree]);
  });
  return `${dir}/root.ext4`;
}

/** What this machine's apt was told about reaching its archive, for mmdebstrap's own apt. */
async function aptOptions(): Promise<string[]> {
  const dump = await capture("apt-config", ["dump"]);
  const wanted =
    /^(Acquire::(?:https?::(?:Proxy|Timeout)[^ ]*|Check-(?:Valid-Until|Date)|Retries)) "(.+)";$/gm;
  return [...dump.matchAll(wanted)].map(([, key, value]) => `--aptopt=${key} "${value}"`);
}
