/**
 * What the program may do: the same list for the portable and the compiled
 * binary.
 *
 * Native code (`--allow-ffi`, libbpf and a few libc calls) can do everything
 * the process can, so this list is not what confines the daemon; the systemd
 * unit is. It keeps a mistake in the TypeScript, or in a package it uses, from
 * reaching further than linprov ever has to.
 *
 * @module
 */

/** Environment variables that the program reads. */
export const ENVIRONMENT: readonly string[] = [
  "LINPROV_CONFIG",
  "LINPROV_MARK_LOCALHOST",
  // The path of a portable binary, set by its launcher.
  "LINPROV_SELF",
  "NO_COLOR",
  "TERM",
  "COLUMNS",
  "HOME",
  // Whose session this is: for `confirm`, and for who permitted a rule.
  "USER",
  "SUDO_USER",
  "SUDO_UID",
  "XDG_SESSION_ID",
  "XDG_RUNTIME_DIR",
  "DBUS_SESSION_BUS_ADDRESS",
  // systemd.exec(5) and sd_notify(3).
  "NOTIFY_SOCKET",
  "WATCHDOG_USEC",
  "JOURNAL_STREAM",
];

/** Programs that the program starts. */
export const PROGRAMS: readonly string[] = [
  // setup, upgrade and uninstall: the service, and whose file something is.
  "systemctl",
  "dpkg",
  "rpm",
  // The linprov that is being installed. By way of env(1), because Deno lets nobody write to a
  // program that stands here.
  "env",
  // notify.
  "notify-send",
];

/**
 * V8 looks earlier what is still wanted, in both threads: a daemon's events are soon old news. 100,000
 * rules take 110 MB so, and 197 otherwise, in the same time.
 */
export const V8_FLAGS = "--v8-flags=--optimize-for-size";

/** The flags for `deno run` and `deno compile`. */
export const PERMISSIONS: readonly string[] = [
  "--allow-ffi",
  // show, why and the marks concern any file; logs, allowlists and soak's
  // output are written wherever the administrator wants them.
  "--allow-read",
  "--allow-write",
  `--allow-env=${ENVIRONMENT.join(",")}`,
  `--allow-run=${PROGRAMS.join(",")}`,
  // Facts about the host, and umask(2), which has no name of its own here.
  "--allow-sys",
  // Only UNIX sockets are meant. Deno permits those by exact path only and
  // --socket may name any, so main.ts gives the whole permission back: at once
  // for a command without sockets, as soon as the socket is open for the others.
  "--allow-net",
];
