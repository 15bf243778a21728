// What runs, in a few files with everything in them, so that a start reads few.
// See docs/decisions/0022-how-does-it-start-fast.md.

import { rolldown } from "rolldown";

import { packages } from "./packages.ts";
import { workedOut } from "./worked-out.ts";

/** Has to be the same one as the SDK's that the process has. */
const shared = ["@opentelemetry/api"];

/** Bundles these entries (modules by their paths, without an ending) into a folder; resolves with the paths of all modules in it. */
export async function writeBundle(
  root: string,
  dist: string,
  entries: readonly string[],
): Promise<string[]> {
  const bundle = await rolldown({
    cwd: root,
    input: Object.fromEntries(entries.map((entry) => [entry, `${entry}.ts`])),
    platform: "node",
    // Modules before CommonJS, where @peculiar/x509 and what it is made of have both: what is not used can be left out.
    resolve: { mainFields: ["module", "main"] },
    transform: { target: "node20.18" },
    // What is imported for its effect alone: edgecase/testing takes hold of the timers before a test can put others in their place.
    treeshake: { moduleSideEffects: [{ external: true, sideEffects: true }] },
    external: shared,
    plugins: [workedOut, packages],
  });
  const { output } = await bundle.write({
    dir: dist,
    chunkFileNames: "src/chunks/[name].js",
    sourcemap: true,
    sourcemapExcludeSources: true,
    comments: false,
  });
  await bundle.close();
  return output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
}
