// Prints the figures of the package: its size packed and unpacked, its run-time dependencies, and how long it takes to the
// first answer: the command's from the start of its process, the testing API's from the call, the first one and later ones.

import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { packPackage } from "../test/helpers/packed-package.ts";
import { firstAnswer } from "../test/helpers/served-by.ts";

/** Each time is the median of so many: other work on the machine makes some of them slow. */
const runs = 9;

/** A module that starts and closes four edges, one after the other, and writes how long the first and the last took to start. */
const startsEdges = (origin: string): string => `
import { fixture, startEdgecase } from "edgecase/testing";
const took = [];
for (let run = 0; run < 4; run += 1) {
  const startedAt = performance.now();
  const edge = await startEdgecase({ origin: ${origin} });
  took.push(performance.now() - startedAt);
  await edge.close();
}
console.log(JSON.stringify([took[0], took[3]]));`;

using packed = packPackage();
const env = { EDGECASE_HOME: join(packed.app, "home") };
const command = [process.execPath, "node_modules/edgecase/dist/src/cli.js"] as const;
const commands: number[] = [];
const demos: number[] = [];
const firsts: number[] = [];
const laters: number[] = [];
const broken: number[] = [];
for (let run = 0; run < runs; run += 1) {
  // oxlint-disable no-await-in-loop -- They would slow each other down.
  commands.push((await firstAnswer({ cwd: packed.app, command, env })).ms);
  demos.push((await firstAnswer({ cwd: packed.app, command, options: [], env })).ms);
  // oxlint-enable no-await-in-loop
  const [first, later] = startEdges('"http://127.0.0.1:9"');
  firsts.push(first);
  laters.push(later);
  broken.push(startEdges('fixture("expired")')[0]);
}

print("packed", `${kilobytes(packed.packedBytes)} kB`);
print("unpacked", `${kilobytes(packed.unpackedBytes)} kB`);
print("dependencies", `${packed.directDependencies}, with theirs ${packed.allDependencies}`);
print("command to first answer", `${median(commands)} ms (target: under 500)`);
print("demo to first answer", `${median(demos)} ms`);
print("startEdgecase, first", `${median(firsts)} ms (target: under 200)`);
print("startEdgecase, later", `${median(laters)} ms`);
print("with a broken origin", `${median(broken)} ms`);

function startEdges(origin: string): [first: number, later: number] {
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", startsEdges(origin)], {
    cwd: packed.app,
    encoding: "utf8",
  });
  return JSON.parse(said) as [number, number];
}

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
