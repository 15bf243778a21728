// Prints the figures of the package: its size packed and unpacked, its run-time dependencies, and how long it takes to the
// first answer: the command's from the start of its process, the testing API's from the call, the first one and later ones.

import { execFileSync } from "node:child_process";

import { packPackage } from "../test/helpers/packed-package.ts";
import { firstAnswer } from "../test/helpers/served-by.ts";

/** Each time is the median of so many. */
const runs = 5;

const startsEdges = `
import { startEdgecase } from "edgecase/testing";
const times = [];
for (let run = 0; run < 4; run += 1) {
  const startedAt = performance.now();
  const edge = await startEdgecase({ origin: "http://127.0.0.1:9" });
  times.push(performance.now() - startedAt);
  await edge.close();
}
console.log(JSON.stringify([times[0], times[3]]));`;

using packed = packPackage();
const commands: number[] = [];
const firsts: number[] = [];
const laters: number[] = [];
const cli = "node_modules/edgecase/dist/src/cli.js";
for (let run = 0; run < runs; run += 1) {
  // oxlint-disable-next-line no-await-in-loop -- They would slow each other down.
  commands.push((await firstAnswer(packed.app, [process.execPath, cli])).ms);
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", startsEdges], {
    cwd: packed.app,
    encoding: "utf8",
  });
  const [first, later] = JSON.parse(said) as [number, number];
  firsts.push(first);
  laters.push(later);
}

print("packed", `${kilobytes(packed.packedBytes)} kB`);
print("unpacked", `${kilobytes(packed.unpackedBytes)} kB`);
print("dependencies", `${packed.directDependencies}, with theirs ${packed.allDependencies}`);
print("command to first answer", `${median(commands)} ms`);
print("startEdgecase, first", `${median(firsts)} ms`);
print("startEdgecase, later", `${median(laters)} ms`);

function print(what: string, value: string): void {
  process.stdout.write(`${what.padEnd(24)} ${value}\n`);
}

function kilobytes(bytes: number): number {
  return Math.round(bytes / 1000);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
}
