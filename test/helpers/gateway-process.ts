// The real command, `edgecase serve`, in a process of its own; its lines, messages and metrics can be read.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

import type { ConfigFile } from "../../src/config/schema.ts";
import { type CommandOptions, freePorts, serving, startEdgecase } from "./edgecase-command.ts";
import type { LogLine } from "./gateway.ts";
import { sumOfSamples } from "./samples.ts";

/** A gateway that runs. */
export interface GatewayProcess extends AsyncDisposable {
  readonly port: number;
  readonly adminPort: number;
  readonly pid: number;
  /** Every access line so far. The log is written ten times a second; after `close` they are all here. */
  readonly lines: readonly LogLine[];
  /** All that the gateway said of itself. */
  readonly notices: readonly LogLine[];
  /** Sum of the samples with these labels; 0 if there is none. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  /** What the admin port says at a path. */
  ask(path: string): Promise<string>;
  /** Its exit code, or the signal that ended it, once it has ended and all its lines are here. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Ends it as a person would. Rejects if it does not end well. */
  close(): Promise<void>;
}

/** Starts the command on a configuration; listeners are on free ports whatever it says. */
export async function startGatewayProcess(
  config: ConfigFile,
  { args = [], ...options }: CommandOptions & { readonly args?: readonly string[] } = {},
): Promise<GatewayProcess> {
  const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
  const file = join(folder, "edgecase.json");
  writeFileSync(file, JSON.stringify(config));
  const program = startEdgecase(["serve", "--config", file, ...freePorts, ...args], options);
  const lines = linesOf(program.child.stdout, () => true);
  // Before it serves, it speaks to people as well.
  const notices = linesOf(program.child.stderr, (line) => line.startsWith("{"));
  // Not before: a configuration that is gone is one that could not be reloaded.
  void program.ended.then(() => rmSync(folder, { recursive: true, force: true }));
  const { port, adminPort } = await serving(program);
  const ask = async (path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${adminPort}${path}`)).text();
  const close = async (): Promise<void> => {
    const code = await program.end();
    if (code !== 0) throw new Error(`the gateway ended with ${code}:\n${program.said()}`);
  };
  return {
    port,
    adminPort,
    pid: program.child.pid ?? 0,
    lines,
    notices,
    metric: async (name, labels) => sumOfSamples(await ask("/metrics"), name, labels),
    ask,
    ended: program.ended,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Its lines as they come. */
function linesOf(stream: Readable | null, isWanted: (line: string) => boolean): readonly LogLine[] {
  const lines: LogLine[] = [];
  if (stream !== null)
    createInterface(stream).on("line", (line) => {
      if (isWanted(line)) lines.push(JSON.parse(line) as LogLine);
    });
  return lines;
}
