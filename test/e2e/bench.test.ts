// `npm run bench`, for a second: what it reports, and that nothing it has started is left.

import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";

import { describe, expect, test } from "vitest";

import { waitFor } from "../helpers/gateway.ts";

const run = promisify(execFile);
const bench = ["--import", "tsx", "bench/bench.ts"];
const shortly = [
  ..."--from-source --cases get-1k --peers edgecase,httpxy".split(" "),
  ..."--rounds 1 --seconds 1 --warm-up 1".split(" "),
];

/** The programs that have this mark in their environment, as whatever a marked one starts has it, too. */
function marked(mark: string): readonly string[] {
  const isMarked = (pid: string): boolean => {
    try {
      return readFileSync(`/proc/${pid}/environ`, "utf8").includes(mark);
    } catch {
      return false; // It has ended meanwhile.
    }
  };
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isMarked(name));
}

describe.skipIf(process.platform !== "linux")("npm run bench", () => {
  test(
    "reports each peer's figures, and which targets are reached",
    { timeout: 90_000 },
    async () => {
      const mark = `BENCH_TEST=${randomUUID()}`;
      const env = { ...process.env, ...Object.fromEntries([mark.split("=")]) };

      const { stdout } = await run(process.execPath, [...bench, ...shortly], { env });

      expect(stdout).toMatch(
        /^\| edgecase \| [\d.]+ \| from its sources: figures mean nothing \|$/m,
      );
      expect(stdout).toMatch(
        /^\| edgecase \| \d+ \| – \| \d+ \| – \| [\d.]+ \| [\d.]+ \| \d+ \| \d+ \|/m,
      );
      expect(stdout).toMatch(
        /^\| httpxy \| \d+ \| [\d.]+ × \| \d+ \| [\d.]+ × \| [\d.]+ \| [\d.]+ \| \d+ \| \d+ \|/m,
      );
      expect(stdout).toMatch(/^\| `get-1k` \| requests a second ≥ 1.25 × .* \| httpxy \| .* \|$/m);
      expect(stdout).toMatch(/reply-from with log and metrics \|.*\| not measured \|$/m);
      expect(stdout).not.toContain("requests went wrong");
      expect(marked(mark)).toEqual([]);
    },
  );

  test("ends all that it has started when it is interrupted", { timeout: 90_000 }, async () => {
    const mark = `BENCH_TEST=${randomUUID()}`;
    const env = { ...process.env, ...Object.fromEntries([mark.split("=")]) };
    const child = spawn(process.execPath, [...bench, ...shortly], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    await waitFor(() => (said.includes("httpxy warms up") ? true : null), "nothing runs", 60_000);
    expect(marked(mark).length).toBeGreaterThan(2);

    child.kill("SIGINT");
    const [code] = (await once(child, "exit")) as [number];

    expect(code).toBe(130);
    expect(marked(mark)).toEqual([]);
  });
});
