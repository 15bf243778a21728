// `npm run chaos`, for a few seconds: while origins and their resolver die at random every request ends in time, and what fails has a name;
// what is lost could not have been saved.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { expect, test } from "vitest";

const run = promisify(execFile);

/** The number in a row of the table. */
function row(table: string, name: string): number {
  return Number(new RegExp(`^ *${name} +(\\d+)`, "m").exec(table)?.[1]);
}

test(
  "random deaths hang nothing, lose nothing that could have been saved, and clients, log and counters agree",
  { timeout: 150_000 },
  async () => {
    // Exits with 1 if it is not so, and the table says what is not.
    const args = "--import tsx bench/chaos.ts --minutes 0.2 --rate 100 --seed 4";
    const { stdout } = await run(process.execPath, args.split(" "));

    expect(row(stdout, "kills")).toBeGreaterThan(0);
    const others = ["d", "e", "resolver"].map((name) => row(stdout, `killed: ${name}`));
    expect(Math.max(...others)).toBeGreaterThan(0);
    expect(row(stdout, "requests sent")).toBeGreaterThan(400);
    expect(row(stdout, "of them by a retry")).toBeGreaterThan(0);
    expect(row(stdout, "could have been saved")).toBe(0);
    expect(row(stdout, "answered well")).toBeGreaterThan(200);
    expect(row(stdout, "hung, or without a name")).toBe(0);
  },
);
