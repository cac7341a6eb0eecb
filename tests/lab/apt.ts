/**
 * Debian packages for the lab, fetched without touching the machine's own package sources: private
 * lists and a private sources file, from the mirror the machine is already configured to use.
 *
 * @module
 */

import { cacheDir } from "./cache.ts";
import { capture, run, runAsRoot } from "./process.ts";

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Suites whose archive is the Debian mirror itself; security has an archive of its own. */
const DEBIAN_SUITE =
  /^(oldoldstable|oldstable|stable|testing|unstable|sid|bookworm|trixie|forky|duke)(-updates|-backports)?$/;

/**
 * Finds the Debian mirror this machine uses.
 *
 * @returns the archive's base address, as apt has it
 * @throws {Error} if no Debian archive is configured and `LINPROV_DEBIAN_MIRROR` is unset, as on Ubuntu
 */
export async function debianMirror(): Promise<string> {
  const chosen = Deno.env.get("LINPROV_DEBIAN_MIRROR");
  if (chosen) return chosen;
  const targets = await capture("apt-get", [
    "indextargets",
    "--format",
    "$(RELEASE) $(REPO_URI)",
    "Identifier: Packages",
  ]);
  for (const line of targets.split("\n")) {
    const [release, uri] = line.split(" ");
    if (release && uri && DEBIAN_SUITE.test(release)) return uri.replace(/\/$/, "");
  }
  throw new Error(
    "Cannot find a Debian archive in this machine's apt sources: set LINPROV_DEBIAN_MIRROR to the address of one",
  );
}

/** The keyring that signs every suite the lab uses. */
export function archiveKeyring(): string {
  try {
    Deno.statSync(KEYRING);
  } catch {
    throw new Error(`Cannot verify Debian packages: ${KEYRING} is missing`);
  }
  return KEYRING;
}

/** A private view of one or more Debian suites. */
export class AptView {
  readonly #dir: string;
  readonly #suites: readonly string[];
  readonly #withHost: boolean;
  #options: string[] | undefined;

  /**
   * @param suites the suites to read, as in `trixie-backports`
   * @param options `withHost`: keep the machine's own sources too, which installing needs
   */
  constructor(suites: readonly string[], options: { withHost?: boolean } = {}) {
    this.#suites = suites;
    this.#withHost = options.withHost ?? false;
    const name = suites.join("+") + (this.#withHost ? "+host" : "");
    this.#dir = `${cacheDir()}/apt/${name}`;
  }

  /** Fetches the suites' package lists, once per object. */
  async #ready(): Promise<string[]> {
    if (this.#options) return this.#options;
    const dir = this.#dir;
    await Deno.mkdir(`${dir}/lists/partial`, { recursive: true });
    await Deno.mkdir(`${dir}/cache/archives/partial`, { recursive: true });
    await Deno.remove(`${dir}/sources`, { recursive: true }).catch(() => {});
    await Deno.mkdir(`${dir}/sources`);
    await Deno.writeTextFile(
      `${dir}/sources/linprov-lab.sources`,
      `Types: deb\nURIs: ${await debianMirror()}\nSuites: ${this.#suites.join(" ")}\n` +
        `Components: main\nSigned-By: ${archiveKeyring()}\n`,
    );
    let list = "/dev/null";
    if (this.#withHost) {
      list = "/etc/apt/sources.list";
      for await (const entry of Deno.readDir("/etc/apt/sources.list.d")) {
        if (!/\.(list|sources)$/.test(entry.name)) continue;
        await Deno.symlink(`/etc/apt/sources.list.d/${entry.name}`, `${dir}/sources/${entry.name}`);
      }
    }
    const options = Object.entries({
      "Dir::Etc::SourceList": list,
      "Dir::Etc::SourceParts": `${dir}/sources`,
      "Dir::State::Lists": `${dir}/lists`,
      "Dir::Cache": `${dir}/cache`,
      "Acquire::Languages": "none",
      "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
      "Acquire::Retries": "3",
      "DPkg::Lock::Timeout": "600",
    }).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
    await run("apt-get", [...options, "update", "-q"]);
    this.#options = options;
    return options;
  }

  /**
   * Downloads packages (these alone, not what they depend on).
   *
   * @param names package names
   * @param dir where the .deb files go
   */
  async download(names: readonly string[], dir: string): Promise<void> {
    const options = await this.#ready();
    // Without this apt drops root for its _apt user, which can't write into the cache.
    const sandbox = ["-o", "APT::Sandbox::User=root"];
    await run("apt-get", [...options, ...sandbox, "download", "-q", ...names], { cwd: dir });
  }

  /**
   * The packages a package depends on directly.
   *
   * @param name package name
   * @returns names in the control file's order, alternatives left out
   */
  async depends(name: string): Promise<string[]> {
    const options = await this.#ready();
    const control = await capture("apt-cache", [...options, "show", "--no-all-versions", name]);
    const field = /^Depends: (.*)$/m.exec(control)?.[1] ?? "";
    return field.split(",").map((item) => item.trim().split(/[ |(]/)[0] ?? "").filter(Boolean);
  }

  /**
   * Installs packages on this machine from these suites.
   *
   * @param names package names
   * @param suite prefer the versions of this suite
   */
  async install(names: readonly string[], suite: string): Promise<void> {
    const options = await this.#ready();
    await runAsRoot("apt-get", [
      ...options,
      "install",
      "-q",
      "-y",
      "--no-install-recommends",
      "-t",
      suite,
      ...names,
    ], { env: { DEBIAN_FRONTEND: "noninteractive" } });
  }
}
