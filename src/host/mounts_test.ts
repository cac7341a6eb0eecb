import { assertEquals } from "@std/assert";
import { mountPoints } from "./mounts.ts";

const text = `\
20 1 8:2 /etc /srv/etc rw,relatime - ext4 /dev/sda2 rw
22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw
23 22 0:21 / /proc rw - proc proc rw
24 22 0:30 /home /home rw,subvol=/home shared:2 master:3 - btrfs /dev/sdb1 rw
25 22 0:30 /home/anna /mnt/anna rw - btrfs /dev/sdb1 rw
26 22 0:30 /homes /homes rw - btrfs /dev/sdb1 rw
27 22 0:40 / /mnt/a\\040b\\134c rw - tmpfs tmpfs rw
28 22 0:41 / /mnt/nfs rw - nfs4 server:/ rw
`;

Deno.test("mountPoints() has each part of a filesystem once", () => {
  const { tops, all } = mountPoints(text);
  assertEquals(tops, ["/", "/mnt/a b\\c", "/home", "/homes"]);
  assertEquals(all.size, 8);
  assertEquals(all.has("/mnt/nfs"), true);
});

Deno.test("mountPoints() reads what the kernel says", async () => {
  const { tops, all } = mountPoints(await Deno.readTextFile("/proc/self/mountinfo"));
  assertEquals(all.has("/proc"), true);
  assertEquals(tops.includes("/proc"), false);
});
