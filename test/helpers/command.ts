// The command `edgecase serve` in a process of its own, whose answers, messages and metrics can be read.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type Agent, get, type IncomingMessage } from "node:http";

import { waitFor } from "./gateway.ts";

/** Starting takes its time where others work, too. */
const startMs = 30_000;

/** What a GET came to. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Port of the client's connection, by which it can be told from others. */
  readonly clientPort: number | undefined;
}

/** A command that serves. */
export interface Command extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly port: number;
  readonly adminPort: number;
  /** All of stderr so far. */
  said(): string;
  get(host: string, path?: string, agent?: Agent): Promise<Answer>;
  /** The value of a sample, named with its labels as it is scraped. */
  metric(sample: string): Promise<number | undefined>;
}

/** Starts it on free ports, without HTTPS. */
export async function startCommand(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Command> {
  const ports = ["--port", "0", "--https-port", "false", "--admin-port", "0"];
  const child = spawn(process.execPath, ["--import", "tsx", "src/cli.ts", ...ports, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...env },
  });
  let said = "";
  child.stderr.on("data", (bytes: Buffer) => {
    said += bytes.toString();
  });
  const portIn = (pattern: RegExp): Promise<number> =>
    waitFor(
      () => Number(pattern.exec(said)?.[1] ?? 0) || null,
      "the command does not serve",
      startMs,
    );
  const port = await portIn(/localhost:(\d+)\/ (?:serves|is)/);
  const adminPort = await portIn(/localhost:(\d+)\/metrics/);
  return {
    child,
    port,
    adminPort,
    said: () => said,
    get: (host, path = "/", agent) => fetchFrom(port, host, path, agent),
    metric: async (sample) => {
      const { body } = await fetchFrom(adminPort, "localhost", "/metrics");
      const line = body.split("\n").find((text) => text.startsWith(`${sample} `));
      return line === undefined ? undefined : Number(line.slice(sample.length));
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}

/** A GET of plain text. */
export async function fetchFrom(
  port: number,
  host: string,
  path: string,
  agent?: Agent,
): Promise<Answer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path, headers: { host, accept: "text/plain" } };
    get({ ...options, ...(agent !== undefined && { agent }) }, resolve).on("error", reject);
  });
  const clientPort = response.socket.localPort;
  let body = "";
  for await (const text of response.setEncoding("utf8")) body += text as string;
  return { status: response.statusCode ?? 0, body, clientPort };
}
