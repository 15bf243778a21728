// `npx edgecase` of an installed package, from its start to its first answer.

import { spawn } from "node:child_process";
import { once } from "node:events";

/** What came of it. */
export interface FirstAnswer {
  readonly status: number;
  /** Milliseconds from the start of the process to the end of the answer. */
  readonly ms: number;
}

/** Serves an origin that is down, and asks once. `command` and `args` start Edgecase in `cwd`. */
export async function firstAnswer(
  cwd: string,
  [command, ...args]: readonly [string, ...string[]],
): Promise<FirstAnswer> {
  const ports = ["--port", "0", "--https-port", "false", "--admin-port", "false"];
  const startedAt = performance.now();
  const child = spawn(command, [...args, "--origin", "http://127.0.0.1:9", ...ports], {
    cwd,
    stdio: ["ignore", "ignore", "pipe"],
    detached: true, // npx has a child of its own; both are ended as a group.
  });
  try {
    let said = "";
    while (!/http:\S+/.test(said)) {
      const [chunk] = (await once(child.stderr, "data")) as [Buffer];
      said += String(chunk);
    }
    const response = await fetch(/http:\S+/.exec(said)?.[0] ?? "");
    await response.text();
    return { status: response.status, ms: performance.now() - startedAt };
  } finally {
    process.kill(-(child.pid ?? 0), "SIGTERM");
    await once(child, "exit");
  }
}
