// What the build has for require(): the testing API's entry, which loads the modules, and the codes, which are data.

import { copyFileSync, writeFileSync } from "node:fs";

import * as codes from "../dist/edge-codes/index.js";

for (const file of ["commonjs.cjs", "commonjs.d.cts"]) {
  const from = new URL(`../src/testing/${file}`, import.meta.url);
  copyFileSync(from, new URL(`../dist/src/testing/${file}`, import.meta.url));
}

const names = Object.keys(codes);
write("index.cjs", ['"use strict";', ...Object.entries(codes).map(valueOf)]);
const asModule = 'with { "resolution-mode": "import" }';
write("index.d.cts", [
  `import type * as codes from "./index.js" ${asModule};`,
  `export type * from "./index.js" ${asModule};`,
  ...names.map((name) => `export declare const ${name}: typeof codes.${name};`),
]);

function valueOf([name, value]) {
  return `exports.${name} = ${JSON.stringify(value)};`;
}

function write(file, lines) {
  writeFileSync(new URL(`../dist/edge-codes/${file}`, import.meta.url), `${lines.join("\n")}\n`);
}
