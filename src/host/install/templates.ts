/**
 * The first configuration and the first allowlist of a host.
 *
 * @module
 */

import { type Key, KEYS } from "../../config/keys.ts";
import { DEFAULTS } from "../../config/settings.ts";
import { type ExampleName, exampleText } from "./examples.ts";

/** What a configuration key means, for its comment; one line each. */
const MEANINGS: Readonly<Record<string, readonly string[]>> = {
  mode: [
    "What happens to marked files that no rule permits: observe logs them, soak also proposes",
    "rules, enforce refuses them.",
  ],
  allowlist: ["The file with the rules."],
  soak: ["The dimensions of the rules that soak proposes; linprov(8) has them all."],
  mark_localhost: ["Whether loopback counts as the network."],
  interpreters: [
    "The interpreters whose scripts are checked, by executable name or full path; * for any",
    "ending. An empty list switches script checks off.",
  ],
  hash_db: ["The audit store, which also keeps the marks."],
  log_level: ["The least severe level that is logged: trace, debug, info, warn or error."],
  log_file: [
    "A file that the log is appended to. Without it the log goes to standard error: under",
    "systemd, to the journal.",
  ],
  log_format: ["text, or json: one object a line."],
  notifications: [
    "With group, members of the group linprov may see blocks and permit them.",
  ],
  foreign_volumes: ["Kinds of volumes whose programs are of zone foreign."],
  proxy_ports: ["Loopback ports behind which a proxy stands: what comes from them counts."],
  hashes: ["Whether the log tells the SHA-256 of what is executed, also when no rule names one."],
  protect_self: [
    "Whether nobody but linprov, not even root, touches its state, maps and process while it",
    "enforces.",
  ],
  zones: ["Networks with a name, for rules with origin_zone=NAME. Tables have to stand last."],
  guard: [
    "Protections beside the marks, each in a table of its own: kernel-image, kernel-modules, bpf,",
    "fileless, filesystem, namespaces. none logs, restrict permits it to processes of the host,",
    "deny to nobody; linprov doctor says what this kernel can guard.",
  ],
  detect: [
    "What is told of what programs do, and never refused, each in a table of its own: exec,",
    "replaced, proc-mem, mprotect. allow names executables that a detector is silent about.",
  ],
};

/** What stands for a key that has no default, or an empty one. */
const EXAMPLES: Readonly<Record<string, string>> = {
  log_file: 'log_file = "/var/log/linprov.log"',
  proxy_ports: "proxy_ports = [8888]",
  zones: '[zones]\n#office = ["192.0.2.0/24", "2001:db8::/32"]',
  guard: '[guard.fileless]\n#permission = "restrict"',
  detect: '[detect.replaced]\n#allow = ["/usr/bin/dpkg"]',
};

/** Columns that a line of the configuration has at most. */
const WIDTH = 100;

/**
 * The configuration with every key and its default, all commented out.
 *
 * @returns The text of config.toml.
 */
export function configTemplate(): string {
  return [
    "# The configuration of linprov. All keys stand here with what holds without them; remove the #",
    "# in front of one to change it. `systemctl reload linprov` applies the changes. Flags of",
    "# `linprov run` win over the environment, and that over this file.",
    ...KEYS.flatMap((key) => ["", ...keyLines(key)]),
    "",
  ].join("\n");
}

function keyLines(key: Key): string[] {
  const comment = [...MEANINGS[key.name] ?? []];
  if (!key.live) comment.push("A change needs a restart: systemctl restart linprov");
  const lines = comment.map((line) => `# ${line}`);
  const example = EXAMPLES[key.name];
  return [...lines, `#${example ?? `${key.name} = ${toml(DEFAULTS[key.setting])}`}`];
}

/** A default as TOML; long lists over several lines. */
function toml(value: unknown): string {
  if (!Array.isArray(value)) return JSON.stringify(value);
  const items = value.map((item) => JSON.stringify(item));
  const flat = `[${items.join(", ")}]`;
  if (flat.length <= WIDTH / 2) return flat;
  const lines = [""];
  for (const item of items) {
    const longer = `${lines.at(-1)} ${item},`;
    if (longer.length > WIDTH - 3) lines.push(` ${item},`);
    else lines[lines.length - 1] = longer;
  }
  return `[\n${lines.map((line) => `# ${line}`).join("\n")}\n#]`;
}

/** Package managers by the program that writes the files, where that is a program of its own. */
const PACKAGE_MANAGERS: readonly (readonly [program: string, reason: string])[] = [
  ["/usr/bin/dpkg", "packages, also those that apt brings"],
  ["/usr/bin/rpm", "packages installed by rpm itself, or by zypper"],
  ["/usr/bin/dnf5", "packages"],
  ["/usr/bin/dnf5daemon-server", "packages brought by dnf5's service"],
  ["/usr/bin/microdnf", "packages"],
  ["/usr/bin/rpm-ostree", "system images, and packages on top of them"],
  ["/usr/bin/zypper", "packages"],
  ["/usr/bin/pacman", "packages"],
];

/** What else a program makes necessary, once it is on the host. */
const MORE: readonly (readonly [program: string, lines: readonly string[]])[] = [
  // Where root alone can put scripts of packages; tar and others write them for dpkg.
  ["/usr/bin/dpkg", [
    trusting("target_folder=/var/lib/dpkg/tmp.ci/", "what packages run before they are unpacked"),
    trusting("target_folder=/var/lib/dpkg/info/", "what they run afterwards"),
  ]],
  ["/usr/sbin/dpkg-preconfigure", [
    trusting("target_folder=/var/cache/debconf/tmp.ci/", "what they ask before all that"),
  ]],
  ["/usr/bin/dnf-3", [
    "# dnf 4 is a script: a rule over its writer trusts whatever root does with Python. Where it has to",
    "# be, take the version that the first line of /usr/bin/dnf-3 leads to:",
    '#writer_process=/usr/bin/python3.9;writer_uid=0 # reason="packages, and all else of root\'s Python"',
  ]],
  ["/usr/libexec/packagekitd", [
    "# Where PackageKit doesn't leave it to dpkg or pacman, it writes packages' files itself:",
    '#writer_process=/usr/libexec/packagekitd;writer_uid=0 # reason="packages brought by PackageKit"',
  ]],
  ["/var/lib/flatpak", [
    "# Apps run in namespaces, where no writer counts. Those of single users need rules of their own.",
    trusting("landing_folder=/var/lib/flatpak/*", "Flatpak's apps for all users"),
  ]],
  ["/snap", [
    "# The first is for classic snaps. Confined ones run in namespaces, where no path counts: the second",
    "# trusts whatever a program of root named snapd brings.",
    'target_folder=/snap/*;creator_comm=snapd;creator_uid=0 # reason="snaps without confinement"',
    '#creator_comm=snapd;creator_uid=0 # reason="confined snaps"',
  ]],
];

function trusting(condition: string, reason: string): string {
  return `${condition};writer_uid=0 # reason="${reason}"`;
}

/**
 * The first allowlist: how rules are written, and the rules that keep an
 * upgrade of the system from locking everybody out.
 *
 * @param exists Whether a program, or a folder, is on this host.
 * @param example An example whose rules follow.
 * @returns The text of the allowlist.
 */
export function allowlistTemplate(
  exists: (program: string) => boolean,
  example?: ExampleName,
): string {
  const rules = [
    ...PACKAGE_MANAGERS.filter(([program]) => exists(program))
      .map(([program, reason]) => trusting(`writer_process=${program}`, reason)),
    ...MORE.filter(([program]) => exists(program)).flatMap(([, lines]) => lines),
  ];
  return `\
# The allowlist of linprov: what may run although it came from the network. One rule a line, all
# its conditions must hold; any rule will do, but one that starts with "deny " wins over all others.
#   linprov check               looks for mistakes before they matter
#   systemctl reload linprov    applies the changes; a file with a mistake changes nothing
#   linprov allow TOKEN         adds the rule for what was just blocked, see the log
#   rules.d/*.allow             are files with more rules, beside this one
#
#   target_filename=/usr/bin/foo     the executed file
#   target_folder=/opt/app/          the folder it lies in; /opt/app/* with all folders below
#   landing_filename=x.sh            its name where it was first written
#   landing_folder=/home/u/Downloads/   the folder where it was first written, or .../*
#   creator_process=/usr/bin/curl    who brought it from the network; also creator_comm=curl and
#                                    creator_uid=1000
#   writer_process=/usr/bin/dpkg     who wrote this very file; also writer_uid=0
#   origin_zone=lan                  local, lan, internet, foreign, or one of the configuration
#   sha256=HEX                       its content
#   execution_uid=1000               who executes it
#
# Values may be quoted, with the escapes \\n \\t \\" \\\\ \\xHH. For example:
#landing_folder=/home/user/src/*;creator_process=/usr/bin/git
#target_filename="/opt/My App/run";origin_zone=lan # expires=2027-12-31 reason="trial" by=me
#deny landing_folder=/home/user/Downloads/

# What the package manager installs may run, or the next upgrade of the system locks you out. A
# writer counts where it ran as a program of that path in the host's own mount namespace, by its real
# user; which rights it had, and who started it, doesn't count. dpkg's files are compared with its
# database afterwards: those that aren't a package's lose this.
${rules.length > 0 ? rules.join("\n") : "#writer_process=/usr/bin/PROGRAM;writer_uid=0"}
${example === undefined ? "" : `\n${exampleText(example)}`}`;
}
