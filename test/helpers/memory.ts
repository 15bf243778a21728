// A gateway in a process of its own, whose memory can be looked at.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ZoneFile } from "../../src/config/schema.ts";
import { places, startEdgecase } from "./edgecase-command.ts";

/** A gateway started from the command line. */
export interface MeasuredGateway extends AsyncDisposable {
  readonly port: number;
  /** Peak of the resident set so far, in bytes. Linux only. */
  peakBytes(): number;
}

/** Starts the command in front of one origin. Uploads may be as large as they like. */
export async function startMeasuredGateway(
  origin: string,
  zone: Partial<ZoneFile> = {},
): Promise<MeasuredGateway> {
  const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
  const file = join(folder, "edgecase.json");
  const limits = { bodyBytes: Number.MAX_SAFE_INTEGER };
  writeFileSync(
    file,
    JSON.stringify({ limits, zones: [{ hosts: ["*"], origins: [origin], ...zone }] }),
  );
  const ports = ["--port", "0", "--https-port", "false", "--admin-port", "false"];
  const program = startEdgecase(["--config", file, ...ports]);
  const port = await program.number(places.port);
  return {
    port,
    peakBytes: () => {
      const status = readFileSync(`/proc/${program.child.pid}/status`, "utf8");
      return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
    },
    async [Symbol.asyncDispose]() {
      await program.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
