// The command `edgecase` as it is shipped, built of the sources as they are, in a process of its own: run to its end, or serving on
// free ports.

import { execFileSync, spawnSync } from "node:child_process";
import { type Agent, get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { builtOnce } from "./built-once.ts";
import { type Program, type ProgramOptions, startProgram } from "./program.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where it says that it serves, and its admin server. */
export const places = {
  port: /localhost:(\d+)\/ (?:serves|is the demo)/,
  adminPort: /localhost:(\d+)\/metrics/,
};

/** The file that is run. From its sources it would take ten times as long to start. */
export function commandFile(): string {
  const dist = builtOnce("command", (folder) => {
    const args = ["--import", "tsx", "scripts/build.ts", "--bundle", folder];
    execFileSync(process.execPath, args, { cwd: root, stdio: "pipe" });
  });
  return join(dist, "src/cli.js");
}

/** Runs it to its end. */
export function runEdgecase(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [commandFile(), ...args], {
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", ...env },
  });
  return { status, stdout, stderr };
}

/** Runs it to its end; this process, where it may have to ask something, does not stand still meanwhile. */
export async function runEdgecaseBeside(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const program = startEdgecase(args, { env: { NO_COLOR: "1", ...env } });
  const status = await program.ended;
  return { status, stdout: program.written(), stderr: program.said() };
}

/** How to run the command. */
export interface CommandOptions extends ProgramOptions {
  /** For Node itself. */
  readonly nodeArgs?: readonly string[];
  /** So many files and sockets may it have open; without it as many as this process. */
  readonly openFiles?: number;
}

/** Starts it. */
export function startEdgecase(
  args: readonly string[],
  { nodeArgs = [], openFiles, ...options }: CommandOptions = {},
): Program {
  const line = [process.execPath, ...nodeArgs, commandFile(), ...args] as const;
  if (openFiles === undefined) return startProgram(line[0], line.slice(1), options);
  // The shell gives way to it, so that signals still reach it.
  return startProgram("sh", ["-c", `ulimit -n ${openFiles}; exec "$0" "$@"`, ...line], options);
}

/** What a GET came to. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Port of the client's connection, by which it can be told from others. */
  readonly clientPort: number | undefined;
}

/** A command that serves. */
export interface Command extends Program {
  readonly port: number;
  readonly adminPort: number;
  get(host: string, path?: string, agent?: Agent): Promise<Answer>;
  /** The value of a sample, named with its labels as it is scraped. */
  metric(sample: string): Promise<number | undefined>;
}

/** Flags with which it listens on free ports, without HTTPS. */
export const freePorts = ["--port", "0", "--https-port", "false", "--admin-port", "0"];

/** Starts it on free ports; resolves when it serves. */
export function startCommand(
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Command> {
  return serving(startEdgecase([...args, ...freePorts], options));
}

/** The command that was started, once it serves. */
export async function serving(program: Program): Promise<Command> {
  const port = await program.number(places.port);
  const adminPort = await program.number(places.adminPort);
  return {
    ...program,
    port,
    adminPort,
    get: (host, path = "/", agent) => fetchFrom(port, host, path, agent),
    metric: async (sample) => {
      const { body } = await fetchFrom(adminPort, "localhost", "/metrics");
      const line = body.split("\n").find((text) => text.startsWith(`${sample} `));
      return line === undefined ? undefined : Number(line.slice(sample.length));
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
