// The real command, `edgecase serve`, in a process of its own; its lines, messages and metrics can be read.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ConfigFile } from "../../src/config/schema.ts";
import { startCommand } from "./edgecase-command.ts";
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
  writeFileSync(file, JSON.stringify(config));
  const command = await startCommand(["serve", "--config", file]);
  rmSync(folder, { recursive: true });
  const { port, adminPort, written, said } = command;
  const ask = async (path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${adminPort}${path}`)).text();
  const close = async (): Promise<void> => {
    const code = await command.end();
    if (code !== 0) throw new Error(`the gateway ended with ${code}:\n${said()}`);
  };
  return {
    port,
    get lines() {
      return linesIn(written());
    },
    get notices() {
      return linesIn(said());
    },
    metric: async (name, labels) => sumOfSamples(await ask("/metrics"), name, labels),
    ask,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What is whole of it, and JSON: before it serves, the command speaks to people. */
function linesIn(text: string): LogLine[] {
  const whole = text.split("\n").slice(0, -1);
  return whole.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as LogLine);
}
