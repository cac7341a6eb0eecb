/**
 * Checks of ffi/ that need a kernel which takes BPF programs: run in the lab
 * only. Takes a folder with sample.bpf.o and refused.bpf.o, prints a line for
 * each check, and exits 0 when all hold.
 *
 * @module
 */
import { deepStrictEqual as equal, ok, throws } from "node:assert/strict";
import { BpfError } from "../../ffi/error.ts";
import { kernelHasFunction } from "../../ffi/kernel_functions.ts";
import { Link } from "../../ffi/link.ts";
import { MapHandle, MapType, possibleCpus, Update } from "../../ffi/map.ts";
import { MappedMap } from "../../ffi/mapped_map.ts";
import { type LoadedObject, OpenObject } from "../../ffi/object.ts";
import { RingBuffer } from "../../ffi/ring_buffer.ts";
import { probeFunction, probeHost, readKernelBtf } from "../../src/host/probe.ts";
import * as layout from "../../scripts/testdata/sample_layout.ts";

const folder = Deno.args[0] ?? ".";
const sample = Deno.readFileSync(`${folder}/sample.bpf.o`);
const refused = Deno.readFileSync(`${folder}/refused.bpf.o`);
const pins = "/sys/fs/bpf/linprov-ffi";

function load(prepare: (object: OpenObject) => void = () => {}): LoadedObject {
  using object = new OpenObject(sample, { name: "sample" });
  prepare(object);
  return object.load();
}

function u64(value: number | bigint): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new BigUint64Array([BigInt(value)]).buffer);
}

function u32(value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Uint32Array([value]).buffer);
}

function failsWith(code: string, use: () => unknown): BpfError {
  let thrown: unknown;
  throws(use, (error) => {
    thrown = error;
    return error instanceof BpfError && error.code === code;
  }, `should fail with ${code}`);
  return thrown as BpfError;
}

function openDescriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

/** Bytes that are resident and shared: libbpf's copies of variables are. */
function sharedMemory(): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  return 1024 * Number(/^RssShmem:\s+(\d+) kB$/m.exec(status)![1]);
}

function item(big: bigint): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(layout.lpAll.size);
  new DataView(bytes.buffer).setBigUint64(layout.lpAll.fields.big.offset, big, true);
  return bytes;
}

function context(value: layout.LpInner): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(layout.lpInner.size);
  layout.writeLpInner(new DataView(bytes.buffer), 0, value);
  return bytes;
}

const checks: Record<string, () => void> = {
  "variables set before loading are what programs see"() {
    using object = load((open) => open.setVariables(layout.rodata, { lpFeatures: 77 }));
    equal(object.program("lp_double").testRun(context(inner(0, 0, 1))).returned, 77);
    const rodata = new Uint8Array(layout.rodata.size);
    ok(object.map(".rodata").lookup(u32(0), rodata));
    equal(rodata[0], 77);
    failsWith("EPERM", () => object.map(".rodata").update(u32(0), rodata));
  },

  "a table of variables that are zero at first takes no memory of the process"() {
    const before = sharedMemory();
    using object = load();
    const table = new Uint8Array(layout.bssTable.size);
    ok(object.map(".bss.table").lookup(u32(0), table));
    equal(table.findIndex((byte) => byte !== 0), -1);
    ok(sharedMemory() - before < table.byteLength / 2);
  },

  "a test run changes its context"() {
    using object = load((open) => open.setVariables(layout.data, { lpMode: 5 }));
    const bytes = context(inner(1, 2, 100));
    object.program("lp_double").testRun(bytes);
    equal(layout.readLpInner(new DataView(bytes.buffer)), { ...inner(1, 2, 205), level: 0 });
  },

  "a hash map keeps, finds and forgets"() {
    using object = load((open) => (open.map("lp_items").maxEntries = 2));
    using items = object.map("lp_items");
    equal([items.type, items.maxEntries], [MapType.hash, 2]);
    const value = new Uint8Array(layout.lpAll.size);
    equal(items.lookup(u64(1), value), false);
    items.update(u64(1), item(11n));
    ok(items.lookup(u64(1), value));
    equal(value, item(11n));
    failsWith("EEXIST", () => items.update(u64(1), value, Update.create));
    failsWith("ENOENT", () => items.update(u64(2), value, Update.overwrite));
    items.update(u64(2), item(22n));
    equal(failsWith("E2BIG", () => items.update(u64(3), value)).action, "update map lp_items");
    const key = u64(0);
    const keys = new Set<number>();
    for (let more = items.nextKey(null, key); more; more = items.nextKey(key, key)) {
      keys.add(key[0]!);
    }
    equal([...keys].sort(), [1, 2]);
    ok(items.take(u64(2), value));
    equal(value, item(22n));
    equal([items.take(u64(2), value), items.delete(u64(2))], [false, false]);
    equal([items.delete(u64(1)), items.nextKey(null, key)], [true, false]);
  },

  "batches write, visit and delete"() {
    const count = 5000;
    using object = load((open) => (open.map("lp_items").maxEntries = count));
    using items = object.map("lp_items");
    const keys = new BigUint64Array(count).map((_, i) => BigInt(i));
    const keyBytes = new Uint8Array(keys.buffer);
    const values = new Uint8Array(count * layout.lpAll.size);
    const view = new DataView(values.buffer);
    for (let i = 0; i < count; i++) view.setBigUint64(i * layout.lpAll.size, BigInt(i * 3), true);
    items.updateBatch(keyBytes, values, count);
    items.updateBatch(keyBytes, values, 0);

    const visited = new Set<bigint>();
    const walked = items.forEach((key, keyAt, value, valueAt) => {
      const number = key.getBigUint64(keyAt, true);
      equal(value.getBigUint64(valueAt, true), number * 3n);
      visited.add(number);
    });
    equal([walked, visited.size], [count, count]);

    failsWith("E2BIG", () => items.updateBatch(u64(count), item(0n), 1));
    failsWith("EEXIST", () => items.updateBatch(keyBytes, values, count, Update.create));

    equal(items.delete(u64(7)), true);
    equal(items.deleteBatch(keyBytes, 100), 99);
    equal(items.deleteBatch(keyBytes, 100), 0);
    equal(items.forEach(() => {}), count - 100);
    const seen = items.forEach((key, at) => void items.delete(u64(key.getBigUint64(at, true))));
    equal([seen, items.forEach(() => {})], [count - 100, 0]);
  },

  "kinds without batches are walked one by one"() {
    using object = load();
    using counts = object.map("lp_counts");
    equal(counts.valueBytes, 8 * possibleCpus());
    const value = new Uint8Array(counts.valueBytes).fill(1);
    for (let i = 0; i < 4; i++) counts.update(u32(i), value);
    const found: number[] = [];
    counts.forEach((key, keyAt, view, valueAt) => {
      equal(view.getUint32(valueAt + counts.valueBytes - 8, true), 0x01010101);
      found.push(key.getUint32(keyAt, true));
    });
    equal(found, [0, 1, 2, 3]);
    using tasks = object.map("lp_tasks");
    failsWith("ENOTSUPP", () => tasks.forEach(() => {}));
  },

  "maps go into a map of maps"() {
    using object = load();
    using outer = object.map("lp_sets");
    const before = openDescriptors();
    {
      using inner = MapHandle.create({
        type: MapType.hash,
        name: "inner",
        keySize: 8,
        valueSize: 4,
        maxEntries: 16,
      });
      equal(openDescriptors(), before + 1);
      inner.update(u64(5), u32(6));
      outer.updateMap(u32(1), inner);
    }
    equal(openDescriptors(), before);
    ok(outer.lookup(u32(1), u32(0)));
    using other = MapHandle.create({
      type: MapType.hash,
      name: "other",
      keySize: 4,
      valueSize: 4,
      maxEntries: 16,
    });
    failsWith("EINVAL", () => outer.updateMap(u32(0), other));
    equal(outer.delete(u32(1)), true);
    failsWith(
      "EINVAL",
      () =>
        MapHandle.create({
          type: MapType.hash,
          name: "bad",
          keySize: 0,
          valueSize: 4,
          maxEntries: 1,
        }),
    );
  },

  "a ring buffer gives every event, long ones too"() {
    using object = load();
    using map = object.map("lp_ring");
    const numbers: number[] = [];
    const sizes = new Set<number>();
    using ring = new RingBuffer(map, (view, size, bytes) => {
      equal(bytes.buffer, view.buffer);
      sizes.add(size);
      numbers.push(Number(view.getBigUint64(size === 16 ? 0 : size - 8, true)));
    });
    equal([ring.poll(0), ring.consume()], [0, 0]);
    equal(object.program("lp_send").testRun(context(inner(100, 1, 1000))).returned, 101);
    equal(ring.poll(1000), 101);
    equal(numbers, [...Array.from({ length: 100 }, (_, i) => 1000 + i), 1023]);
    equal([...sizes], [16, 8192]);
    object.program("lp_send").testRun(context(inner(3, 0, 0)));
    equal(ring.consume(), 3);
  },

  "an exception in a ring buffer's callback comes out of poll() and loses one event"() {
    using object = load();
    const seen: number[] = [];
    using ring = new RingBuffer(object.map("lp_ring"), (view) => {
      const number = Number(view.getBigUint64(0, true));
      if (number === 2) throw new TypeError("from the callback");
      seen.push(number);
    });
    object.program("lp_send").testRun(context(inner(5, 0, 0)));
    throws(() => ring.poll(100), { name: "TypeError", message: "from the callback" });
    equal(seen, [0, 1]);
    equal(ring.poll(100), 2);
    equal(seen, [0, 1, 3, 4]);
    const start = performance.now();
    equal(ring.poll(50), 0);
    ok(performance.now() - start >= 45, "poll() did not wait");
    ring[Symbol.dispose]();
    ring[Symbol.dispose]();
    throws(() => ring.poll(0), Deno.errors.BadResource);
  },

  "a ring buffer's callback can end a poll, and loses nothing"() {
    using object = load();
    const seen: number[] = [];
    using ring = new RingBuffer(object.map("lp_ring"), (view) => {
      seen.push(Number(view.getBigUint64(0, true)));
      return seen.length % 2 === 1;
    });
    object.program("lp_send").testRun(context(inner(5, 0, 0)));
    equal([ring.poll(100), ring.poll(100), ring.poll(100), ring.poll(0)], [2, 2, 1, 0]);
    equal(seen, [0, 1, 2, 3, 4]);
  },

  "a ring buffer needs a ring buffer map"() {
    using object = load();
    failsWith("EINVAL", () => new RingBuffer(object.map("lp_items"), () => {}));
  },

  "a link attaches until it is disposed of"() {
    using object = load();
    using bss = new MappedMap(object.map(".bss"));
    const opens = () => {
      const before = bss.get(layout.bss.variables.lpOpens);
      Deno.readTextFileSync("/proc/self/comm");
      return bss.get(layout.bss.variables.lpOpens) - before > 0n;
    };
    equal(opens(), false);
    {
      using link = object.program("lp_file_open").attach();
      equal(opens(), true);
      equal(link.info().programId, object.program("lp_file_open").info().id);
      ok(link.info().id > 0 && link.fd > 0);
      equal(link.pinPath, undefined);
    }
    equal(opens(), false);
    const exit = object.program("lp_exit").attach();
    exit[Symbol.dispose]();
    exit[Symbol.dispose]();
    throws(() => exit.fd, Deno.errors.BadResource);
    equal(object.program("lp_file_open").info().recursionMisses, 0n);
    ok(object.program("lp_file_open").info().verifiedInstructions > 0);
  },

  "a pinned link outlives its process's hold on it"() {
    Deno.mkdirSync(pins, { recursive: true });
    const path = `${pins}/link`;
    equal(Link.openPinned(path), undefined);
    using object = load();
    using bss = new MappedMap(object.map(".bss"));
    const opens = () => {
      const before = bss.get(layout.bss.variables.lpOpens);
      Deno.readTextFileSync("/proc/self/comm");
      return bss.get(layout.bss.variables.lpOpens) - before > 0n;
    };
    {
      using link = object.program("lp_file_open").attach();
      link.pin(path);
      equal(link.pinPath, path);
      failsWith("EBUSY", () => object.program("lp_file_open").attach());
      using successor = load();
      using second = successor.program("lp_file_open").attach();
      failsWith("EEXIST", () => second.pin(path));
    }
    equal(opens(), true);
    {
      using again = Link.openPinned(path)!;
      equal(again.pinPath, path);
      equal(again.info().programId, object.program("lp_file_open").info().id);
      again.unpin();
      equal(opens(), true);
    }
    equal(opens(), false);
    throws(() => Deno.statSync(path), Deno.errors.NotFound);
  },

  "a pinned map is opened, reused and taken over by path"() {
    Deno.mkdirSync(pins, { recursive: true });
    const path = `${pins}/items`;
    equal(MapHandle.openPinned(path), undefined);
    {
      using object = load();
      object.map("lp_items").update(u64(1), item(99n));
      object.map("lp_items").pin(path);
      failsWith("EEXIST", () => object.map("lp_items").pin(path));
    }
    const value = new Uint8Array(layout.lpAll.size);
    using pinned = MapHandle.openPinned(path)!;
    equal([pinned.name, pinned.keySize, pinned.valueSize], ["lp_items", 8, layout.lpAll.size]);
    ok(pinned.lookup(u64(1), value));
    {
      using byHandle = load((open) => open.map("lp_items").reuse(pinned));
      ok(byHandle.map("lp_items").lookup(u64(1), value));
    }
    {
      using byPath = load((open) => open.map("lp_items").setPinPath(path));
      ok(byPath.map("lp_items").lookup(u64(1), value));
      equal(value, item(99n));
      byPath.map("lp_items").update(u64(2), item(1n));
    }
    ok(pinned.lookup(u64(2), value));
    const error = failsWith("EINVAL", () =>
      load((open) => {
        open.map("lp_items").maxEntries = 7;
        open.map("lp_items").setPinPath(path);
      }));
    equal(error.action, "load object sample");
    Deno.removeSync(path);
  },

  "shared memory is live in both directions"() {
    using object = load();
    using map = object.map(".data");
    using data = new MappedMap(map, { writable: true });
    const { lpMode } = layout.data.variables;
    equal(data.get(lpMode), 2);
    data.set(lpMode, 1000);
    const bytes = context(inner(0, 0, 1));
    object.program("lp_double").testRun(bytes);
    equal(layout.readLpInner(new DataView(bytes.buffer)).flags, 1002);
    equal(data.read(0, 4), u32(1000));
    failsWith("EPERM", () => new MappedMap(object.map(".rodata"), { writable: true }));
    using reading = new MappedMap(object.map(".rodata"));
    equal(reading.get(layout.rodata.variables.lpFeatures), 3);
    data[Symbol.dispose]();
    data[Symbol.dispose]();
    throws(() => data.get(lpMode), Deno.errors.BadResource);
  },

  "the verifier's log comes with the error"() {
    using object = new OpenObject(refused, { name: "refused" });
    const error = failsWith("EACCES", () => object.load());
    equal(error.action, "load object refused");
    ok(/R\d invalid mem access 'map_value_or_null'/.test(error.log ?? ""), error.log);
    throws(() => object.load(), Deno.errors.BadResource);
  },

  "the probes find that the lab has everything"() {
    for (const { name, state, detail } of probeHost()) {
      equal([name, state], [name, "supported"], detail);
    }
    const start = performance.now();
    const kernel = readKernelBtf();
    equal(probeFunction(kernel, { name: "bpf_lsm_file_open" }).state, "supported");
    equal(probeFunction(kernel, { name: "bpf_lsm_file_close" }).state, "unsupported");
    equal(kernel.hasField("inode", "i_generation"), true);
    const types = [...kernel.types("struct")].length;
    ok(types > 1000);
    const took = (performance.now() - start).toFixed();
    console.log(`    ${kernel.typeCount} types, ${types} structures, ${took} ms`);
  },

  "the kernel's own functions are found, asked once or again"() {
    for (let times = 0; times < 2; times++) {
      equal(kernelHasFunction("vfs_read"), true);
      equal(kernelHasFunction("inode"), false);
      equal(kernelHasFunction("no_such_function"), false);
    }
  },

  "a program that was not loaded can't be used"() {
    using object = load((open) => (open.program("lp_exit").autoload = false));
    const program = object.program("lp_exit");
    equal([program.loaded, object.program("lp_double").loaded], [false, true]);
    throws(() => program.fd, BpfError);
    throws(() => program.attach(), BpfError);
    equal(object.programs().map(({ name }) => name).length, 4);
  },

  "a map that was left out can't be used"() {
    using object = load((open) => open.map("lp_tasks").disable());
    throws(() => object.map("lp_tasks"), BpfError);
  },

  "a loaded object that is disposed of takes its maps and programs along"() {
    const object = load();
    const map = object.map("lp_items");
    const program = object.program("lp_double");
    object[Symbol.dispose]();
    object[Symbol.dispose]();
    throws(() => map.lookup(u64(1), item(0n)), Deno.errors.BadResource);
    throws(() => program.testRun(context(inner(0, 0, 0))), Deno.errors.BadResource);
    throws(() => object.map("lp_items"), Deno.errors.BadResource);
  },
};

function inner(port: number, zone: number, flags: number): layout.LpInner {
  return { port, zone, level: 0, flags };
}

let failures = 0;
// The first load and the first callback open libraries and files that stay.
{
  using object = load();
  new RingBuffer(object.map("lp_ring"), () => {})[Symbol.dispose]();
}
for (const [name, check] of Object.entries(checks)) {
  const before = openDescriptors();
  try {
    check();
    equal(openDescriptors(), before, "file descriptors are left open");
    console.log(`ok: ${name}`);
  } catch (error) {
    failures++;
    console.log(`FAILED: ${name}\n${error instanceof Error ? error.stack : error}`);
    if (error instanceof BpfError && error.log) console.log(error.log);
  }
}
console.log(`${Object.keys(checks).length - failures} hold, ${failures} do not`);
Deno.exit(failures === 0 ? 0 : 1);
