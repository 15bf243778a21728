// The command, from the start of its process to its first answer.

import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** What came of it. */
export interface FirstAnswer {
  readonly status: number;
  /** Milliseconds from the start of the process to the end of the answer. */
  readonly ms: number;
}

/** How the command is started. */
export interface Start {
  readonly cwd: string;
  /** What starts Edgecase there: a program and its first arguments. */
  readonly command: readonly [string, ...string[]];
  /** Left out, it serves one origin, which is down. */
  readonly options?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const originDown = ["--origin", "http://127.0.0.1:9"];

/** Asks again and again until there is an answer, and ends the command when it has said that it serves. */
export async function firstAnswer({
  cwd,
  command: [program, ...first],
  options = originDown,
  env = {},
}: Start): Promise<FirstAnswer> {
  const port = await freePort();
  const ports = ["--port", String(port), "--https-port", "0", "--admin-port", "0"];
  const startedAt = performance.now();
  const child = spawn(program, [...first, ...ports, ...options], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
    detached: true, // npx has a child of its own; both are ended as a group.
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said += String(chunk);
  });
  try {
    let status = 0;
    while (status === 0) {
      if (child.exitCode !== null) throw new Error(`the command ended: ${said}`);
      status = await ask(port);
    }
    const ms = performance.now() - startedAt;
    while (!said.includes(`:${port}/`)) await once(child.stderr, "data");
    return { status, ms };
  } finally {
    if (child.exitCode === null) {
      process.kill(-(child.pid ?? 0), "SIGTERM");
      await once(child, "exit");
    }
  }
}

/** The status of an answer; 0 while nobody listens. */
async function ask(port: number): Promise<number> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`);
    await response.text();
    return response.status;
  } catch {
    await wait(5);
    return 0;
  }
}

/** Below those that systems give away: the demo takes hundreds of these before it takes its own. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    const server = createServer();
    try {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      return port;
    } catch {
      // Taken: another one.
    } finally {
      server.close();
    }
  }
}
