/**
 * Where `setup` puts things, and what a running linprov leaves.
 *
 * @module
 */

/** The installed program. */
export const BINARY = "/usr/local/bin/linprov";
/** The next one, until it has proved itself; in the same folder, for rename(2). */
export const NEW_BINARY = "/usr/local/bin/.linprov.new";
/** The one before, until the next one has started. */
export const OLD_BINARY = "/usr/local/bin/.linprov.old";

/** Configuration and allowlist. */
export const CONFIG_FOLDER = "/etc/linprov";
/** The unit's name. */
export const UNIT_NAME = "linprov.service";
/** The systemd unit. */
export const UNIT = `/etc/systemd/system/${UNIT_NAME}`;
/** What an administrator changed in the unit. */
export const UNIT_CHANGES = `${UNIT}.d`;

/** The shells' completions and the manual page. */
export const EXTRAS = {
  bash: "/usr/local/share/bash-completion/completions/linprov",
  zsh: "/usr/local/share/zsh/site-functions/_linprov",
  fish: "/usr/local/share/fish/vendor_completions.d/linprov.fish",
  man: "/usr/local/share/man/man8/linprov.8",
} as const;

/** Allowlists to begin with. */
export const EXAMPLES_FOLDER = "/usr/local/share/linprov/examples";

/**
 * Where an example is installed.
 *
 * @param name Its name.
 * @returns The file.
 */
export function examplePath(name: string): string {
  return `${EXAMPLES_FOLDER}/${name}.allow`;
}

/** Where a portable binary unpacks itself for root. */
export const CACHE = "/var/cache/linprov";
/** The control socket's folder. */
export const RUNTIME = "/run/linprov";
/** Exists while systemd is PID 1, see sd_booted(3). */
export const SYSTEMD = "/run/systemd/system";
