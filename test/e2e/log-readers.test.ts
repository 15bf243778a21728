// The access log's reader as it is not meant to be: one that does not read, and one that has gone. The real command, real pipes.

import { readFileSync } from "node:fs";
import { Agent } from "node:http";

import { describe, expect, test } from "vitest";

import { type Command, startCommand } from "../helpers/edgecase-command.ts";
import { waitFor } from "../helpers/gateway.ts";

/** More than the log keeps for a reader that does not read. */
const enoughRequests = 5_000;

const more = 2_000;

/** A running `edgecase` whose stdout nobody reads yet. */
interface LoadedCommand extends Command {
  /** Sends requests whose lines are as long as lines get; resolves with how many were answered. */
  load(count: number): Promise<number>;
  /** Lines that came to this, by the metric. */
  lines(result: string): Promise<number>;
}

async function startUnread(): Promise<LoadedCommand> {
  const command = await startCommand(["--origin", "http://127.0.0.1:9"], { stdout: "unread" });
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  return {
    ...command,
    async load(count) {
      let sent = 0;
      let answered = 0;
      const send = async (): Promise<void> => {
        while (sent < count) {
          sent += 1;
          await command.get("a".repeat(2_000), `/cdn-cgi/${"p".repeat(2_000)}`, agent);
          answered += 1;
        }
      };
      await Promise.all(Array.from({ length: 16 }, send));
      return answered;
    },
    lines: async (result) =>
      Number(await command.metric(`edgecase_log_lines_total{result="${result}"}`)),
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await command.end();
    },
  };
}

/** Resident memory of a process, in megabytes. */
function residentMegabytes(pid = 0): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

/** How many lines were lost, by what the gateway has said. */
function linesSaidLost(said: string): number {
  const losses = said.split("\n").filter((line) => line.includes("access lines were lost"));
  return losses.reduce((sum, line) => sum + (JSON.parse(line) as { lines: number }).lines, 0);
}

describe("a reader that does not read", () => {
  test("loses lines, not requests: they are counted, told of, and the rest comes when it reads again", async () => {
    await using command = await startUnread();

    const answered = await command.load(enoughRequests);
    const before = residentMegabytes(command.child.pid);
    await command.load(more);
    const grown = residentMegabytes(command.child.pid) - before;

    expect(answered).toBe(enoughRequests);
    expect(grown).toBeLessThan(32);
    const dropped = await command.lines("dropped");
    expect(dropped).toBeGreaterThan(more);
    await waitFor(() => linesSaidLost(command.said()) === dropped, "not all of it was said", 5_000);

    let lines = 0;
    let text = "";
    command.child.stdout?.on("data", (bytes: Buffer) => {
      const parts = (text + bytes.toString()).split("\n");
      text = parts.pop() ?? "";
      for (const part of parts) JSON.parse(part);
      lines += parts.length;
    });
    await waitFor(() => lines + dropped === enoughRequests + more, "lines are missing", 10_000);
    expect(await command.lines("written")).toBe(lines);
  }, 60_000);

  test("does not keep the gateway from ending", async () => {
    await using command = await startUnread();
    await command.load(500);

    const startedAt = performance.now();
    const code = await command.end();

    expect(code).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(linesSaidLost(command.said())).toBeGreaterThan(0);
  }, 30_000);
});

describe("a reader that has gone", () => {
  test("costs its lines, which are counted, and nothing else", async () => {
    await using command = await startUnread();
    await command.load(10);
    command.child.stdout?.destroy();

    const answered = await command.load(500);

    expect(answered).toBe(500);
    await waitFor(() => linesSaidLost(command.said()) > 0, "it is not said", 5_000);
    expect(command.said()).toContain("EPIPE");
    for (let counted = 0; counted < 510;)
      counted = (await command.lines("written")) + (await command.lines("dropped"));
    expect(await command.end()).toBe(0);
  }, 30_000);
});
