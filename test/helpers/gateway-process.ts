// The real command, `edgecase serve`, in a process of its own; its lines, messages and metrics can be read.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import type { ConfigFile } from "../../src/config/schema.ts";
import type { LogLine } from "./gateway.ts";
import { sumOfSamples } from "./samples.ts";

/** A gateway that runs. */
export interface GatewayProcess extends AsyncDisposable {
  readonly port: number;
  /** Every access line so far. The log is written ten times a second; after `close` they are all here. */
  readonly lines: readonly LogLine[];
  /** All that the gateway said of itself. */
  readonly notices: readonly LogLine[];
  /** Sum of the samples with these labels; 0 if there is none. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  /** What the admin port says at a path. */
  ask(path: string): Promise<string>;
  /** Ends it as a person would. Rejects if it does not end well. */
  close(): Promise<void>;
}

/** Starts the command on a configuration; listeners are on free ports whatever it says. */
export async function startGatewayProcess(config: ConfigFile): Promise<GatewayProcess> {
  const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
  const file = join(folder, "edgecase.json");
  writeFileSync(
    file,
    JSON.stringify({ ...config, listen: { http: 0, https: false }, admin: { port: 0 } }),
  );
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "src/cli.ts", "serve", "--config", file],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const lines: LogLine[] = [];
  const notices: LogLine[] = [];
  const said: string[] = [];
  createInterface(child.stdout).on("line", (line) => lines.push(JSON.parse(line) as LogLine));
  createInterface(child.stderr).on("line", (line) => {
    said.push(line);
    if (line.startsWith("{")) notices.push(JSON.parse(line) as LogLine);
  });
  const [port, adminPort] = await portsOf(child, said);
  rmSync(folder, { recursive: true });

  const ask = async (path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${adminPort}${path}`)).text();
  const close = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "close"); // Its pipes are read to their ends.
    child.kill("SIGTERM");
    await ended;
    if (child.exitCode !== 0)
      throw new Error(`the gateway ended with ${child.exitCode}:\n${said.join("\n")}`);
  };
  return {
    port,
    lines,
    notices,
    metric: async (name, labels) => sumOfSamples(await ask("/metrics"), name, labels),
    ask,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Where it listens, and its admin server, once it has said so. */
async function portsOf(
  child: ChildProcess,
  said: readonly string[],
): Promise<readonly [number, number]> {
  for (;;) {
    const port = /localhost:(\d+)\/ serves/.exec(said.join("\n"))?.[1];
    const adminPort = /localhost:(\d+)\/metrics/.exec(said.join("\n"))?.[1];
    if (port !== undefined && adminPort !== undefined) return [Number(port), Number(adminPort)];
    if (child.exitCode !== null) throw new Error(said.join("\n"));
    await Promise.race([once(child.stderr ?? child, "data"), once(child, "exit")]);
    await new Promise(setImmediate); // The lines are split a moment later.
  }
}
