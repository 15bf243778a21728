// A gateway in a process of its own, whose memory can be looked at.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ZoneFile } from "../../src/config/schema.ts";

/** A gateway started from the command line. */
export interface GatewayProcess extends AsyncDisposable {
  readonly port: number;
  /** Peak of the resident set so far, in bytes. Linux only. */
  peakBytes(): number;
}

/** Starts the command in front of one origin. Uploads may be as large as they like. */
export async function startGatewayProcess(
  origin: string,
  zone: Partial<ZoneFile> = {},
): Promise<GatewayProcess> {
  const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
  const file = join(folder, "edgecase.json");
  const limits = { bodyBytes: Number.MAX_SAFE_INTEGER };
  writeFileSync(
    file,
    JSON.stringify({ limits, zones: [{ hosts: ["*"], origins: [origin], ...zone }] }),
  );
  const args = [
    "--import",
    "tsx",
    "src/cli.ts",
    "--config",
    file,
    "--port",
    "0",
    "--https-port",
    "false",
    "--admin-port",
    "false",
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  const port = await new Promise<number>((resolve, reject) => {
    child.stderr.on("data", (bytes: Buffer) => {
      said += bytes.toString();
      const found = /http:\/\/localhost:(\d+)\/ serves/.exec(said)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    child.once("exit", () => reject(new Error(said)));
  });
  return {
    port,
    peakBytes: () =>
      Number(
        /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? 0,
      ) * 1024,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await once(child, "exit");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
