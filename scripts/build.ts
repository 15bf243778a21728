// `npm run build`, all but the dashboard: dist/ is a few files with everything in them that a run needs, so that a start reads few.
// See docs/decisions/0022-how-does-it-start-fast.md.

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { rolldown } from "rolldown";

import { configSchema } from "../src/config/schema.ts";
import { diagnosisSchema } from "../src/diagnose/report.ts";
import { writeCommonJs } from "./build/commonjs.ts";
import { writeDeclarations } from "./build/declarations.ts";
import { licensesOf } from "./build/licenses.ts";
import { packages } from "./build/packages.ts";
import { workedOut } from "./build/worked-out.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

/** What the package exports. */
const exported = ["src/index", "src/testing/index", "edge-codes/index"];

/** Has to be the same one as the SDK's that the process has. */
const shared = ["@opentelemetry/api"];

for (const folder of ["src", "edge-codes", "fixtures"])
  rmSync(join(dist, folder), { recursive: true, force: true });
const bundle = await rolldown({
  cwd: root,
  input: Object.fromEntries(["src/cli", ...exported].map((entry) => [entry, `${entry}.ts`])),
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
const modules = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
writeFileSync(join(dist, "licenses.txt"), `${licensesOf(modules)}\n`);
writeCommonJs(root, dist);
writeDeclarations(root, dist, exported);
writeSchema("schema.json", { title: "Edgecase configuration", ...configSchema });
writeSchema("diagnosis.schema.json", diagnosisSchema);

function writeSchema(file: string, schema: object): void {
  const whole = { $schema: "http://json-schema.org/draft-07/schema#", ...schema };
  writeFileSync(join(dist, file), `${JSON.stringify(whole, null, 2)}\n`);
}
