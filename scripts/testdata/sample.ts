import { compileBpf } from "../build_bpf.ts";

/** Compiles an object of this folder for a test. */
export async function sampleObject(name = "sample"): Promise<Uint8Array<ArrayBuffer>> {
  const folder = await Deno.makeTempDir();
  try {
    return await compileBpf({
      source: `scripts/testdata/${name}.bpf.c`,
      output: `${folder}/${name}.bpf.o`,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
