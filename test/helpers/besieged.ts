// A gateway in a process of its own, under attack: its memory and its connections can be looked at, and how soon others are served.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ConfigFile } from "../../src/config/schema.ts";
import { places, startEdgecase } from "./edgecase-command.ts";
import { waitFor } from "./gateway.ts";
import { type RawResponse, rawRequest } from "./raw-client.ts";

const securePlace = /https:\/\/localhost:(\d+)\//;

/** A gateway that others attack. */
export interface Besieged extends AsyncDisposable {
  readonly port: number;
  readonly securePort: number;
  /** All that it has said on stderr. */
  readonly said: () => string;
  /** Access lines so far: they are written ten times a second. */
  readonly lines: () => readonly Record<string, unknown>[];
  /** Bytes that are resident now. Linux only. */
  residentBytes(): number;
  /** Time of a processor that it has used so far, in milliseconds. Linux only. */
  cpuMs(): number;
  /** Connections and other files that it has open. Linux only. */
  openFiles(): number;
  /** Whether it still runs. */
  isAlive(): boolean;
  /** What another client gets meanwhile. */
  serve(host?: string): Promise<RawResponse>;
}

/** Starts the command on a configuration, with both listeners on free ports. */
export async function startBesieged(config: ConfigFile): Promise<Besieged> {
  const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
  const file = join(folder, "edgecase.json");
  writeFileSync(file, JSON.stringify(config));
  const ports = ["--port", "0", "--https-port", "0", "--admin-port", "false"];
  const program = startEdgecase(["serve", "--config", file, ...ports]);
  const port = await program.number(places.port);
  const securePort = await program.number(securePlace);
  rmSync(folder, { recursive: true });
  const proc = `/proc/${program.child.pid}`;
  return {
    port,
    securePort,
    said: program.said,
    lines: () =>
      program
        .written()
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    residentBytes: () => {
      const status = readFileSync(`${proc}/status`, "utf8");
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
    },
    cpuMs: () => {
      // User and system time stand 14th and 15th, in hundredths of a second; the name before them has no space here.
      const [, , , , , , , , , , , , , user = 0, system = 0] = readFileSync(
        `${proc}/stat`,
        "utf8",
      ).split(" ");
      return (Number(user) + Number(system)) * 10;
    },
    openFiles: () => readdirSync(`${proc}/fd`).length,
    isAlive: () => program.child.exitCode === null && program.child.signalCode === null,
    serve: (host = "shop.test") => rawRequest(port, { headers: [["Host", host]] }),
    [Symbol.asyncDispose]: async () => void (await program.end()),
  };
}

/** Waits until a gateway has no more files open than it had. */
export async function cameBack(
  gateway: Besieged,
  before: number,
  withinMs = 20_000,
): Promise<void> {
  await waitFor(
    () => gateway.openFiles() <= before,
    `connections are left: ${gateway.openFiles()} files are open, and ${before} were`,
    withinMs,
  );
}
