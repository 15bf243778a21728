// `npm run build`, all but the dashboard: dist/ is what runs, its types, and what the package exports besides.
// With `--bundle folder`, what runs alone, written there: tests run that.

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { configSchema } from "../src/config/schema.ts";
import { diagnosisSchema } from "../src/diagnose/report.ts";
import { writeBundle } from "./build/bundle.ts";
import { writeCommonJs } from "./build/commonjs.ts";
import { writeDeclarations } from "./build/declarations.ts";
import { licensesOf } from "./build/licenses.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

/** What the package exports. */
const exported = ["src/index", "src/testing/index", "edge-codes/index"];
const entries = ["src/cli", ...exported];

const { values: flags } = parseArgs({ options: { bundle: { type: "string" } } });
await (flags.bundle === undefined ? build() : writeBundle(root, flags.bundle, entries));

async function build(): Promise<void> {
  for (const folder of ["src", "edge-codes", "fixtures"])
    rmSync(join(dist, folder), { recursive: true, force: true });
  const modules = await writeBundle(root, dist, entries);
  writeFileSync(join(dist, "licenses.txt"), `${licensesOf(modules)}\n`);
  writeCommonJs(root, dist);
  writeDeclarations(root, dist, exported);
  writeSchema("schema.json", { title: "Edgecase configuration", ...configSchema });
  writeSchema("diagnosis.schema.json", diagnosisSchema);
}

function writeSchema(file: string, schema: object): void {
  const whole = { $schema: "http://json-schema.org/draft-07/schema#", ...schema };
  writeFileSync(join(dist, file), `${JSON.stringify(whole, null, 2)}\n`);
}
