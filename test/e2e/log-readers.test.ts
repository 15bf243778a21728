// The access log's reader as it is not meant to be: one that does not read, and one that has gone. The real command, real pipes.

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import type { Readable } from "node:stream";

import { describe, expect, test } from "vitest";

import { waitFor } from "../helpers/gateway.ts";

/** More than the log keeps for a reader that does not read. */
const enoughRequests = 5_000;

const more = 2_000;

/** A running `edgecase` whose stdout nobody reads yet. */
interface Command extends AsyncDisposable {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  readonly pid: number;
  /** What it said on stderr. */
  said(): string;
  /** Sends requests whose lines are as long as lines get; resolves with how many were answered. */
  load(count: number): Promise<number>;
  metric(result: string): Promise<number>;
  /** Ends it; resolves with its exit code, or its signal. */
  end(): Promise<unknown>;
}

async function startCommand(): Promise<Command> {
  const ports = ["--port", "0", "--admin-port", "0", "--https-port", "false"];
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "src/cli.ts", "--origin", "http://127.0.0.1:9", ...ports],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  child.stderr.on("data", (bytes: Buffer) => {
    said += bytes.toString();
  });
  const portIn = (pattern: RegExp): number => Number(pattern.exec(said)?.[1] ?? 0);
  await waitFor(() => portIn(/localhost:(\d+)\/metrics/) > 0, "it does not start", 15_000);
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const get = (port: number, path: string, host = "localhost"): Promise<string> =>
    new Promise((resolve, reject) => {
      const headers = { host, accept: "text/plain" };
      const req = request({ port, path, agent, headers }, (res) => {
        let body = "";
        res.setEncoding("utf8").on("data", (text: string) => {
          body += text;
        });
        res.on("end", () => resolve(body));
      });
      req.on("error", reject).end();
    });
  return {
    process: child,
    pid: child.pid ?? 0,
    said: () => said,
    async load(count) {
      const port = portIn(/localhost:(\d+)\/ serves/);
      let sent = 0;
      let answered = 0;
      const send = async (): Promise<void> => {
        while (sent < count) {
          sent += 1;
          await get(port, `/cdn-cgi/${"p".repeat(2_000)}`, "a".repeat(2_000));
          answered += 1;
        }
      };
      await Promise.all(Array.from({ length: 16 }, send));
      return answered;
    },
    async metric(result) {
      const page = await get(portIn(/localhost:(\d+)\/metrics/), "/metrics");
      return Number(new RegExp(`log_lines_total{result="${result}"} (\\d+)`).exec(page)?.[1]);
    },
    async end() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      return child.exitCode ?? child.signalCode;
    },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}

/** Resident memory of a process, in megabytes. */
function residentMegabytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

/** How many lines were lost, by what the gateway has said. */
function linesSaidLost(said: string): number {
  const losses = said.split("\n").filter((line) => line.includes("access lines were lost"));
  return losses.reduce((sum, line) => sum + (JSON.parse(line) as { lines: number }).lines, 0);
}

describe("a reader that does not read", () => {
  test("loses lines, not requests: they are counted, told of, and the rest comes when it reads again", async () => {
    await using command = await startCommand();

    const answered = await command.load(enoughRequests);
    const before = residentMegabytes(command.pid);
    await command.load(more);
    const grown = residentMegabytes(command.pid) - before;

    expect(answered).toBe(enoughRequests);
    expect(grown).toBeLessThan(32);
    const dropped = await command.metric("dropped");
    expect(dropped).toBeGreaterThan(more);
    await waitFor(() => linesSaidLost(command.said()) === dropped, "not all of it was said", 5_000);

    let lines = 0;
    let text = "";
    command.process.stdout.on("data", (bytes: Buffer) => {
      const parts = (text + bytes.toString()).split("\n");
      text = parts.pop() ?? "";
      for (const part of parts) JSON.parse(part);
      lines += parts.length;
    });
    await waitFor(() => lines + dropped === enoughRequests + more, "lines are missing", 10_000);
    expect(await command.metric("written")).toBe(lines);
  }, 60_000);

  test("does not keep the gateway from ending", async () => {
    await using command = await startCommand();
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
    await using command = await startCommand();
    await command.load(10);
    command.process.stdout.destroy();

    const answered = await command.load(500);

    expect(answered).toBe(500);
    await waitFor(() => linesSaidLost(command.said()) > 0, "it is not said", 5_000);
    expect(command.said()).toContain("EPIPE");
    for (let counted = 0; counted < 510;)
      counted = (await command.metric("written")) + (await command.metric("dropped"));
    expect(await command.end()).toBe(0);
  }, 30_000);
});
