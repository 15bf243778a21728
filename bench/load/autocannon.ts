// autocannon, where wrk is not installed: a Node program, slower than some of what it measures.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { benchHost, type Generator, type LoadResult } from "./load.ts";

const program = fileURLToPath(new URL("autocannon-program.mjs", import.meta.url));
const manifest = new URL("../../node_modules/autocannon/package.json", import.meta.url);

export const autocannon: Generator = {
  name: "autocannon",
  version() {
    return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
  },
  async run({ plan, scheme, port, seconds, start }) {
    const url = `${scheme}://127.0.0.1:${port}${plan.path}`;
    const told = JSON.stringify({ hosts: [benchHost], ...plan, seconds, url });
    await using child = start({ program: process.execPath, args: [program, told] });
    const output = await child.output;
    if (output === "") throw new Error(`autocannon has measured nothing:\n${child.said}`);
    return JSON.parse(output) as LoadResult;
  },
};
