// `npm run soak`, for a few seconds: the whole zoo and a good zone behind one gateway, and every account of it agrees.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { expect, test } from "vitest";

const run = promisify(execFile);

/** What stands in a row of the table. */
function row(table: string, name: string): string {
  return new RegExp(`^${name} +(.+)$`, "m").exec(table)?.[1] ?? "";
}

test(
  "steady traffic with faults in it has the right codes, lines and counts, and leaves nothing open",
  { timeout: 180_000 },
  async () => {
    // Exits with 1 if it is not so, and the table says what is not.
    const args = "--import tsx bench/soak.ts --minutes 0.15 --rate 100 --seed 2";
    const { stdout } = await run(process.execPath, args.split(" "));

    expect(Number(row(stdout, "requests, good zone"))).toBeGreaterThan(700);
    expect(Number(row(stdout, "origins of the zoo"))).toBeGreaterThan(40);
    expect(row(stdout, "memory")).toMatch(/a minute$/);
    expect(row(stdout, "promises broken")).toBe("0");
  },
);
