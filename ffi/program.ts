/**
 * BPF programs, before and after they are loaded.
 *
 * @module
 */
import { abi } from "./_abi.ts";
import { addressOf, cString, pinnedBytes, readCString } from "./_memory.ts";
import type { Owned } from "./_owned.ts";
import { libc, settled } from "./_libc_symbols.ts";
import { Errno } from "./errno.ts";
import { BpfError, checkInt, checkPtr } from "./error.ts";
import { libbpf } from "./libbpf.ts";
import { FileDescriptor } from "./libc.ts";
import { Link } from "./link.ts";

/** What a program is, loaded or not. */
class ProgramOf {
  /** The C function's name. */
  readonly name: string;
  /** The section it was compiled into, e.g. `lsm/file_open`. */
  readonly section: string;
  #pointer: Deno.PointerObject;
  #owner: Owned;

  /**
   * @param pointer A `bpf_program` of the object.
   * @param owner The object.
   */
  constructor(pointer: Deno.PointerObject, owner: Owned) {
    this.#pointer = pointer;
    this.#owner = owner;
    this.name = readCString(libbpf().bpf_program__name(pointer));
    this.section = readCString(libbpf().bpf_program__section_name(pointer));
  }

  /** @throws {Deno.errors.BadResource} When the object is closed. */
  protected get pointer(): Deno.PointerObject {
    this.#owner.pointer;
    return this.#pointer;
  }
}

/** A program of an object that isn't loaded yet. */
export class OpenProgram extends ProgramOf {
  /** Whether it will be loaded with the object. */
  get autoload(): boolean {
    return libbpf().bpf_program__autoload(this.pointer);
  }

  set autoload(value: boolean) {
    checkInt(
      libbpf().bpf_program__set_autoload(this.pointer, value),
      () => `set whether program ${this.name} is loaded`,
    );
  }
}

/**
 * Keeps a program in the kernel by a pin in a BPF filesystem, also when nothing has it run any more.
 *
 * @param id Its number in the kernel.
 * @throws {BpfError} ENOENT when there is no such program, EEXIST when the path is taken, and others.
 */
export function pinProgram(id: number, path: string): void {
  const what = () => `pin program ${id} to ${path}`;
  using program = new FileDescriptor(checkInt(libbpf().bpf_prog_get_fd_by_id(id), what));
  checkInt(libbpf().bpf_obj_pin(program.number, cString(path)), what);
}

/** What the kernel says about a program. */
export interface ProgramInfo {
  id: number;
  /** Times and nanoseconds it ran; counted while kernel.bpf_stats_enabled is 1. */
  runCount: bigint;
  runTimeNs: bigint;
  /** How often it was skipped because it was running already; always counted. */
  recursionMisses: bigint;
  verifiedInstructions: number;
}

/** What a test run of a program gave. */
export interface TestRun {
  /** What the program returned, as an unsigned number. */
  returned: number;
}

/** A program in the kernel. It lives as long as its object. */
export class Program extends ProgramOf {
  /** Whether it was loaded: `autoload` was on. */
  get loaded(): boolean {
    return libbpf().bpf_program__fd(this.pointer) >= 0;
  }

  /**
   * The program's descriptor; it belongs to the object.
   *
   * @throws {BpfError} When it wasn't loaded.
   */
  get fd(): number {
    return checkInt(
      libbpf().bpf_program__fd(this.pointer),
      () => `get the descriptor of program ${this.name}`,
    );
  }

  /**
   * Attaches the program to what its section says.
   *
   * @throws {BpfError} When it wasn't loaded or the kernel refuses.
   */
  attach(): Link {
    const attach = () => libbpf().bpf_program__attach(this.pointer);
    return new Link(
      checkPtr(attach, () => `attach program ${this.name} (${this.section})`),
      `link of program ${this.name}`,
    );
  }

  /**
   * Runs an iterator program once over everything it iterates over.
   *
   * @throws {BpfError} When it wasn't loaded or the kernel refuses.
   */
  iterate(): void {
    const what = `run iterator ${this.name}`;
    using link = this.attach();
    using run = new FileDescriptor(checkInt(libbpf().bpf_iter_create(link.fd), what));
    const text = pinnedBytes(4096);
    for (;;) {
      const length = settled(() => Number(libc().read(run.number, text, BigInt(text.length))));
      if (length === 0) return;
      // The kernel pauses after a million objects without output.
      if (length < 0 && length !== -Errno.EAGAIN) throw new BpfError(what, -length);
    }
  }

  /**
   * Asks the kernel about the program.
   *
   * @throws {BpfError} When the kernel refuses.
   */
  info(): ProgramInfo {
    const { size, fields } = abi.bpf_prog_info;
    const bytes = pinnedBytes(size);
    const length = new Uint32Array([size]);
    checkInt(
      libbpf().bpf_obj_get_info_by_fd(this.fd, bytes, length),
      () => `ask what program ${this.name} is`,
    );
    const view = new DataView(bytes.buffer);
    return {
      id: view.getUint32(fields.id, true),
      runCount: view.getBigUint64(fields.run_cnt, true),
      runTimeNs: view.getBigUint64(fields.run_time_ns, true),
      recursionMisses: view.getBigUint64(fields.recursion_misses, true),
      verifiedInstructions: view.getUint32(fields.verified_insns, true),
    };
  }

  /**
   * Runs a program of the `syscall` section once.
   *
   * @param context What the program gets; the kernel copies back what the
   * program made of it.
   * @returns What the program returned.
   * @throws {BpfError} When the kernel refuses.
   */
  testRun(context: Uint8Array<ArrayBuffer>): TestRun {
    const prepared = new PreparedRun(this, context.byteLength);
    prepared.context.set(context);
    const returned = prepared.run();
    context.set(prepared.context);
    return { returned };
  }
}

/** A program of the `syscall` section, and the memory for running it again and again. */
export class PreparedRun {
  readonly #program: Program;
  readonly #opts = pinnedBytes(abi.bpf_test_run_opts.size);
  readonly #results = new DataView(this.#opts.buffer);
  /** What the program gets, and what it made of it. It never moves. */
  readonly context: Uint8Array<ArrayBuffer>;

  /**
   * @param program The program; it can be run as long as its object is open.
   * @param size Bytes of what it gets.
   */
  constructor(program: Program, size: number) {
    const { fields } = abi.bpf_test_run_opts;
    this.#program = program;
    this.context = pinnedBytes(size);
    this.#results.setBigUint64(0, BigInt(this.#opts.byteLength), true);
    this.#results.setBigUint64(fields.ctx_in, addressOf(this.context), true);
    this.#results.setUint32(fields.ctx_size_in, size, true);
  }

  /**
   * Runs it once.
   *
   * @returns What it returned, as an unsigned number.
   * @throws {BpfError} When the kernel refuses.
   */
  run(): number {
    checkInt(
      libbpf().bpf_prog_test_run_opts(this.#program.fd, this.#opts),
      () => `run program ${this.#program.name}`,
    );
    return this.#results.getUint32(abi.bpf_test_run_opts.fields.retval, true);
  }
}
