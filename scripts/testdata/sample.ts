import { compileBpf } from "../build_bpf.ts";

/** Compiles sample.bpf.c for a test. */
export async function sampleObject(): Promise<Uint8Array<ArrayBuffer>> {
  const folder = await Deno.makeTempDir();
  try {
    return await compileBpf({
      source: "scripts/testdata/sample.bpf.c",
      output: `${folder}/sample.bpf.o`,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
