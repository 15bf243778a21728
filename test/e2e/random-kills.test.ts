// `npm run kills`, for a few seconds: what is lost while origins die at random could not have been saved, and is accounted for.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { expect, test } from "vitest";

const run = promisify(execFile);

/** The number in a row of the table. */
function row(table: string, name: string): number {
  return Number(new RegExp(`^ *${name} +(\\d+)`, "m").exec(table)?.[1]);
}

test(
  "random kills lose nothing that could have been saved, and clients, log and counters agree",
  { timeout: 90_000 },
  async () => {
    // Exits with 1 if it is not so, and the table says what is not.
    const args = "--import tsx bench/random-kills.ts --minutes 0.2 --rate 60 --seed 4";
    const { stdout } = await run(process.execPath, args.split(" "));

    expect(row(stdout, "kills")).toBeGreaterThan(1);
    expect(row(stdout, "requests sent")).toBeGreaterThan(600);
    expect(row(stdout, "of them by a retry")).toBeGreaterThan(0);
    expect(row(stdout, "could have been saved")).toBe(0);
  },
);
