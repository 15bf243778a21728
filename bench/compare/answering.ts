// Whether a program that was started answers, and with which status.

import { get } from "node:http";
import { get as getSecure } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";

import { benchHost } from "../load/load.ts";
import type { Child } from "./children.ts";

/** 10,000 zones on a busy machine take a while. */
const startMs = 90_000;
const againMs = 50;

/** Where to ask. */
export interface Asked {
  readonly port: number;
  readonly isSecure: boolean;
  readonly host?: string | undefined;
}

/** Resolves with the status of its first answer. Rejects if it ends before, or none comes. */
export async function answering(asked: Asked, child: Child | null): Promise<number> {
  const deadline = performance.now() + startMs;
  for (;;) {
    const status = await statusOf(asked);
    if (status !== null) return status;
    if (child?.hasEnded === true) throw new Error(`a program has ended:\n${child.said}`);
    if (performance.now() > deadline) throw new Error(`no answer at port ${asked.port}`);
    await sleep(againMs);
  }
}

/** Null while nobody listens. */
function statusOf({ port, isSecure, host = benchHost }: Asked): Promise<number | null> {
  return new Promise((resolve) => {
    const options = { host: "127.0.0.1", port, path: "/1k", headers: { host }, agent: false };
    const request = isSecure
      ? getSecure({ ...options, rejectUnauthorized: false, servername: host })
      : get(options);
    request.on("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? null);
    });
    request.on("error", () => resolve(null));
  });
}
