import { assertEquals, assertMatch } from "@std/assert";
import { bootLoader, securityModulesFix } from "./boot_loader.ts";

const LIST = "lockdown,yama,bpf";
const EFI = "/sys/firmware/efi/efivars";
const INFO = `${EFI}/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f`;

/** A host with these files; a name that ends in a slash is a folder. */
async function onHost(
  files: Record<string, string | Uint8Array>,
  use: (root: string) => Promise<void> | void,
): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "linprov-boot-" });
  try {
    for (const [path, content] of Object.entries(files)) {
      await Deno.mkdir(root + path.slice(0, path.lastIndexOf("/")), { recursive: true });
      if (path.endsWith("/")) continue;
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(root + path, bytes, { mode: 0o755 });
    }
    await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** Does what the fix says; its last step, the reboot, is left out. */
async function follow(root: string): Promise<void> {
  const [sentence, command] = securityModulesFix(LIST, root).split("\n");
  assertMatch(sentence!, /^add lsm=lockdown,yama,bpf to the kernel command line and reboot/);
  assertMatch(command!, / && reboot$/);
  const { success, stderr } = await new Deno.Command("sh", {
    args: ["-ec", command!.replace(/ && reboot$/, "")],
    env: { PATH: `${root}/usr/sbin:/usr/bin:/bin` },
    clearEnv: true,
  }).output();
  assertEquals([success, new TextDecoder().decode(stderr)], [true, ""]);
}

/** What grub-mkconfig would put on the command line. */
async function grubLine(root: string): Promise<string> {
  const script = `. ${root}/etc/default/grub
    for f in ${root}/etc/default/grub.d/*.cfg; do [ ! -e "$f" ] || . "$f"; done
    echo "$GRUB_CMDLINE_LINUX $GRUB_CMDLINE_LINUX_DEFAULT"`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  return new TextDecoder().decode(stdout).trim();
}

const GRUB = 'GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX=""';

function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(4 + 2 * text.length);
  for (const [i, char] of [...text].entries()) bytes[4 + 2 * i] = char.charCodeAt(0);
  return bytes;
}

Deno.test("bootLoader() believes the loader first, then its files", async () => {
  const entries = { "/boot/loader/entries/a.conf": "", "/proc/cmdline": "ro" };
  await onHost({}, (root) => assertEquals(bootLoader(root), "unknown"));
  await onHost(entries, (root) => assertEquals(bootLoader(root), "systemd-boot"));
  await onHost({ ...entries, "/etc/default/grub": "" }, (root) => {
    assertEquals(bootLoader(root), "GRUB");
  });
  const loader = { "/etc/default/grub": "", [INFO]: utf16("systemd-boot 252") };
  await onHost(loader, (root) => assertEquals(bootLoader(root), "systemd-boot"));
});

Deno.test("securityModulesFix() leaves an unknown boot loader to the person", async () => {
  await onHost({}, (root) => {
    assertEquals(
      securityModulesFix(LIST, root),
      "add lsm=lockdown,yama,bpf to the kernel command line and reboot, " +
        "in the configuration of your boot loader",
    );
  });
});

Deno.test("securityModulesFix() works for GRUB as Debian has it", async () => {
  const host = {
    "/etc/default/grub": `${GRUB}\n`,
    "/etc/default/grub.d/": "",
    "/usr/sbin/update-grub": "#!/bin/sh\necho updated > ${0%/*}/updated\n",
    "/proc/cmdline": "ro quiet",
  };
  await onHost(host, async (root) => {
    await follow(root);
    assertEquals(await grubLine(root), `lsm=${LIST} quiet`);
    assertEquals(await Deno.readTextFile(`${root}/usr/sbin/updated`), "updated\n");
    // Twice makes no difference.
    await follow(root);
    assertEquals(await grubLine(root), `lsm=${LIST} quiet`);
  });
});

Deno.test("securityModulesFix() replaces a list that GRUB gives already", async () => {
  const host = {
    "/etc/default/grub": GRUB.replace("quiet", "quiet lsm=yama,tomoyo"),
    "/usr/sbin/update-grub": "#!/bin/sh\n",
    "/proc/cmdline": "ro quiet lsm=yama,tomoyo",
  };
  await onHost(host, async (root) => {
    await follow(root);
    assertEquals(await grubLine(root), `quiet lsm=${LIST}`);
  });
});

Deno.test("securityModulesFix() works for GRUB elsewhere", async () => {
  const host = {
    // The last line needn't be ended.
    "/etc/default/grub": GRUB,
    "/usr/sbin/grub2-mkconfig": "#!/bin/sh\n[ $2 = /boot/grub2/grub.cfg ]\n",
    "/proc/cmdline": "ro",
  };
  await onHost(host, async (root) => {
    await follow(root);
    assertEquals(await grubLine(root), `lsm=${LIST} quiet`);
  });
  await onHost({ "/etc/default/grub": GRUB, "/usr/sbin/grubby": "" }, (root) => {
    assertEquals(
      securityModulesFix(LIST, root).split("\n")[1],
      `grubby --update-kernel=ALL --args=lsm=${LIST} && reboot`,
    );
  });
});

Deno.test("securityModulesFix() works for systemd-boot", async () => {
  const entry = "title Linux\nlinux /vmlinuz\noptions root=UUID=1 ro\n";
  const host = {
    "/boot/loader/entries/a.conf": entry,
    "/boot/loader/entries/b.conf": entry,
    "/etc/kernel/cmdline": "root=UUID=1 ro\n",
    "/proc/cmdline": "root=UUID=1 ro",
  };
  await onHost(host, async (root) => {
    await follow(root);
    for (const name of ["a", "b"]) {
      assertEquals(
        await Deno.readTextFile(`${root}/boot/loader/entries/${name}.conf`),
        entry.replace("ro\n", `ro lsm=${LIST}\n`),
      );
    }
    assertEquals(
      await Deno.readTextFile(`${root}/etc/kernel/cmdline`),
      `root=UUID=1 ro lsm=${LIST}\n`,
    );
    // The second time the running kernel has one.
    await Deno.writeTextFile(`${root}/proc/cmdline`, "ro lsm=x");
    await follow(root);
    assertEquals(
      await Deno.readTextFile(`${root}/etc/kernel/cmdline`),
      `root=UUID=1 ro lsm=${LIST}\n`,
    );
  });
  // Unified kernel images hold their command line.
  await onHost({ [INFO]: utf16("systemd-boot 255"), "/etc/kernel/cmdline": "ro\n" }, (root) => {
    assertMatch(
      securityModulesFix(LIST, root),
      /kernel\/cmdline && kernel-install add-all && reboot$/,
    );
  });
});
