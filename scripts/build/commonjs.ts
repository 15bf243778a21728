// What the build has for require(): the testing API's entry, which loads the modules, and the codes, which are data.

import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import * as codes from "../../edge-codes/index.ts";

/** Writes both into the folder of the build. */
export function writeCommonJs(root: string, dist: string): void {
  for (const folder of ["src/testing", "edge-codes"])
    mkdirSync(join(dist, folder), { recursive: true });
  for (const file of ["commonjs.cjs", "commonjs.d.cts"])
    copyFileSync(join(root, "src/testing", file), join(dist, "src/testing", file));

  const names = Object.keys(codes);
  const write = (file: string, lines: readonly string[]): void =>
    writeFileSync(join(dist, "edge-codes", file), `${lines.join("\n")}\n`);
  write("index.cjs", ['"use strict";', ...Object.entries(codes).map(valueOf)]);
  const asModule = 'with { "resolution-mode": "import" }';
  write("index.d.cts", [
    `import type * as codes from "./index.js" ${asModule};`,
    `export type * from "./index.js" ${asModule};`,
    ...names.map((name) => `export declare const ${name}: typeof codes.${name};`),
  ]);
}

function valueOf([name, value]: readonly [string, unknown]): string {
  return `exports.${name} = ${JSON.stringify(value)};`;
}
