/**
 * What is never refused, only told of: without it nobody could get into a
 * machine and repair it. A file at one of these paths was put there by root.
 *
 * @module
 */

/** Paths on the host; symbolic links are followed, and those that don't exist left out. */
export const SURVIVAL_LIST: readonly string[] = [
  // The loader and libc: without them nothing runs that isn't static.
  "/lib64/ld-linux-x86-64.so.2",
  "/lib/ld-linux-aarch64.so.1",
  "/lib/ld-musl-x86_64.so.1",
  "/lib/ld-musl-aarch64.so.1",
  "/lib/x86_64-linux-gnu/libc.so.6",
  "/lib/aarch64-linux-gnu/libc.so.6",
  "/lib64/libc.so.6",
  "/lib/libc.so.6",
  // Booting.
  "/sbin/init",
  "/lib/systemd/systemd-executor",
  "/bin/mount",
  // Logging in, at the console and from elsewhere.
  "/sbin/agetty",
  "/bin/login",
  "/sbin/sulogin",
  "/usr/sbin/sshd",
  "/usr/lib/openssh/sshd-session",
  "/usr/lib/openssh/sshd-auth",
  "/usr/libexec/openssh/sshd-session",
  "/usr/libexec/openssh/sshd-auth",
  "/bin/sh",
  "/bin/bash",
  // Becoming root.
  "/bin/su",
  "/usr/bin/sudo",
  // Repairing.
  "/usr/bin/systemctl",
  "/usr/bin/dpkg",
  "/usr/bin/apt",
  "/usr/bin/apt-get",
  "/usr/bin/rpm",
  "/usr/bin/dnf",
  "/usr/bin/zypper",
  "/usr/bin/pacman",
  "/sbin/apk",
  "/usr/local/bin/linprov",
];
