/**
 * How a word gets onto the kernel's command line on this host.
 *
 * @module
 */

import { readFile } from "../../ffi/libc.ts";

/** The variable in which a boot loader tells its name, behind four bytes of flags. */
const LOADER_INFO = "/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";

/** Where systemd-boot's entries may be. */
const ENTRY_FOLDERS = ["/boot/loader/entries", "/efi/loader/entries", "/boot/efi/loader/entries"];

/** Which boot loader starts the kernel. */
export type BootLoader = "GRUB" | "systemd-boot" | "unknown";

/**
 * Finds out which boot loader starts this host's kernel.
 *
 * @param root The root folder, another one in tests.
 * @returns The boot loader.
 */
export function bootLoader(root = ""): BootLoader {
  const info = text(`${root}${LOADER_INFO}`, "utf-16le")?.slice(2) ?? "";
  if (/^systemd-boot/i.test(info)) return "systemd-boot";
  // GRUB's entries may have the same form, so its own file is asked first.
  if (/^grub/i.test(info) || exists(`${root}/etc/default/grub`)) return "GRUB";
  return entryFolder(root) !== undefined ? "systemd-boot" : "unknown";
}

/**
 * What to do to start the kernel with other security modules.
 *
 * @param list The modules, for `lsm=`.
 * @param root The root folder, another one in tests.
 * @returns One sentence, and if the boot loader is known a command on a line of its own.
 */
export function securityModulesFix(list: string, root = ""): string {
  const what = `add lsm=${list} to the kernel command line and reboot`;
  const loader = bootLoader(root);
  if (loader === "unknown") return `${what}, in the configuration of your boot loader`;
  const command = loader === "GRUB" ? grubCommand(list, root) : systemdBootCommand(list, root);
  return `${what}; with ${loader}:\n${command} && reboot`;
}

function grubCommand(list: string, root: string): string {
  const has = (program: string) =>
    ["/usr/sbin/", "/sbin/", "/usr/bin/"].some((folder) => exists(`${root}${folder}${program}`));
  if (has("grubby")) return `grubby --update-kernel=ALL --args=lsm=${list}`;
  const file = `${root}/etc/default/grub`;
  const fragments = `${root}/etc/default/grub.d`;
  const update = has("update-grub")
    ? "update-grub"
    : has("grub2-mkconfig")
    ? "grub2-mkconfig -o /boot/grub2/grub.cfg"
    : "grub-mkconfig -o /boot/grub/grub.cfg";
  // Of two lsm= the last one counts, and nobody can know which that will be.
  if (hasList(root)) {
    return `sed -i 's/\\blsm=[^ "]*/lsm=${list}/' ${file} ` +
      `$(ls ${fragments}/*.cfg 2>/dev/null) && ${update}`;
  }
  // Debian's reads fragments, which no upgrade of grub asks about.
  if (exists(fragments)) {
    return `echo 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX lsm=${list}"' ` +
      `> ${fragments}/linprov.cfg && ${update}`;
  }
  return `printf '\\nGRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX lsm=${list}"\\n' >> ${file} && ${update}`;
}

function systemdBootCommand(list: string, root: string): string {
  const cmdline = `${root}/etc/kernel/cmdline`;
  const edit = (file: string, line: string) =>
    hasList(root)
      ? `sed -i 's/\\blsm=[^ ]*/lsm=${list}/' ${file}`
      : `sed -i '${line} s/$/ lsm=${list}/' ${file}`;
  // Kernels that are installed later get what this file says, or what is running then.
  const later = exists(cmdline) ? edit(cmdline, "1") : undefined;
  const folder = entryFolder(root);
  const now = folder ? edit(`${folder}/*.conf`, "/^options/") : "kernel-install add-all";
  return [later, now].filter(Boolean).join(" && ");
}

function hasList(root: string): boolean {
  return /(^|\s)lsm=/.test(text(`${root}/proc/cmdline`) ?? "");
}

function entryFolder(root: string): string | undefined {
  return ENTRY_FOLDERS.map((folder) => `${root}${folder}`).find((folder) => {
    try {
      return [...Deno.readDirSync(folder)].some(({ name }) => name.endsWith(".conf"));
    } catch {
      return false;
    }
  });
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

function text(path: string, encoding = "utf-8"): string | undefined {
  try {
    return new TextDecoder(encoding).decode(readFile(path));
  } catch {
    return undefined;
  }
}
