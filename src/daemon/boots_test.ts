import { assert, assertEquals } from "@std/assert";
import { DEFAULTS } from "../config/settings.ts";
import { parseBootRecord } from "./boot_record.ts";
import { Boots, isService } from "./boots.ts";

const ENFORCE = { ...DEFAULTS, mode: "enforce" as const };

/** A machine whose boots a test goes through. */
class Machine implements AsyncDisposable {
  login = false;
  state = "starting";
  blocked = 0;
  readonly #folder = Deno.makeTempDirSync();

  async begin(boot: string, enforces = true): Promise<Boots | null> {
    return await Boots.begin(enforces, {
      folder: this.#folder,
      boot,
      every: 1,
      login: () => this.login,
      run: () => Promise.resolve({ code: 1, out: `${this.state}\n`, err: "" }),
    });
  }

  /** Goes through a boot that ends without notice. */
  async cut(boot: string): Promise<void> {
    using _boots = await this.begin(boot);
  }

  watch(boots: Boots): void {
    boots.watch(() => Promise.resolve({ counters: { blocked: this.blocked } }));
  }

  async until(good: boolean): Promise<void> {
    while (this.#record()?.good !== good) await new Promise((done) => setTimeout(done, 1));
  }

  #record() {
    try {
      return parseBootRecord(Deno.readTextFileSync(`${this.#folder}/boot.json`));
    } catch {
      return null;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}

Deno.test("Boots observes in the third boot, until confirm()", async () => {
  await using machine = new Machine();
  await machine.cut("a");
  await machine.cut("b");
  using boots = (await machine.begin("c"))!;
  assertEquals([boots.failed, boots.observes], [2, true]);
  assertEquals(boots.settings(ENFORCE).mode, "observe");
  assertEquals(boots.settings({ ...ENFORCE, mode: "soak" }).mode, "soak");
  await boots.confirm();
  assertEquals(boots.settings(ENFORCE).mode, "enforce");
  using next = (await machine.begin("d"))!;
  assertEquals(next.failed, 0);
});

Deno.test("Boots takes a login for the proof that a boot is good", async () => {
  await using machine = new Machine();
  await machine.cut("a");
  {
    using boots = (await machine.begin("b"))!;
    machine.blocked = 1;
    machine.watch(boots);
    machine.login = true;
    await machine.until(true);
  }
  using boots = (await machine.begin("c"))!;
  assertEquals(boots.failed, 0);
});

Deno.test("Boots takes a system that is up for one until something is refused", async () => {
  await using machine = new Machine();
  using boots = (await machine.begin("a"))!;
  machine.watch(boots);
  machine.state = "degraded";
  await machine.until(true);
  machine.blocked = 1;
  await machine.until(false);
  machine.login = true;
  await machine.until(true);
});

Deno.test("Boots.gaveUp() doesn't count the boot", async () => {
  await using machine = new Machine();
  await machine.cut("a");
  for (const boot of ["b", "b", "c", "d"]) {
    using boots = (await machine.begin(boot))!;
    assert(!boots.observes);
    await boots.gaveUp();
  }
});

Deno.test("Boots.stopped() lets the next start of the same boot enforce", async () => {
  await using machine = new Machine();
  await machine.cut("a");
  await machine.cut("b");
  {
    using boots = (await machine.begin("c"))!;
    await boots.stopped();
  }
  using boots = (await machine.begin("c"))!;
  assertEquals([boots.failed, boots.observes], [0, false]);
});

Deno.test("Boots.stopped() doesn't take a shutdown for a sign of life", async () => {
  await using machine = new Machine();
  machine.state = "stopping";
  for (const boot of ["a", "b"]) {
    using boots = (await machine.begin(boot))!;
    await boots.stopped();
  }
  using boots = (await machine.begin("c"))!;
  assertEquals([boots.failed, boots.observes], [2, true]);
});

Deno.test("Boots.begin() forgets what it counted when enforcement isn't wanted", async () => {
  await using machine = new Machine();
  await machine.cut("a");
  await machine.cut("b");
  assertEquals(await machine.begin("c", false), null);
  using boots = (await machine.begin("d"))!;
  assertEquals(boots.failed, 0);
});

Deno.test("isService() knows a program that was started within a login", () => {
  const session = Number(Deno.readTextFileSync("/proc/self/sessionid"));
  assertEquals(isService(), session === 0xffffffff);
});
