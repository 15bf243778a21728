// A gateway in front of an origin that damages its responses, and clients that ask both and keep no secret of what they got.

import { setTimeout as pause } from "node:timers/promises";

import type { ZoneFile } from "../../src/config/schema.ts";
import type { LogLine } from "../../test/helpers/gateway.ts";
import { type RawResponse, rawRequest } from "../../test/helpers/raw-client.ts";
import { Figures } from "./figures.ts";
import { Gate } from "./gate.ts";

/** How many runs may go on at the same time, each with zones of its own. */
export const mostLanes = 6;
/** How many requests of a lane may be at the same time each over a connection of its own. */
const places = 12;
/** How long the gateway waits for an origin that says nothing more; for one that says all at once there is time, on any machine. */
const shortMs = 600;
const longMs = 8_000;
/** How long a client waits for the gateway before it calls that a hang. */
const capMs = 30_000;
/** How long a kept connection is kept, so that at the end none is. */
const keepAliveMs = 2_000;
/** How long connections may take to be closed on a busy machine. */
const settlingMs = 30_000;

/** One response, as everybody has it. */
export interface Outcome {
  readonly marker: string;
  readonly response: RawResponse;
  readonly line: LogLine;
  readonly tookMs: number;
}

/** A lane's zones: where connections are kept, and where each request has one of its own, if the origin falls silent or not. */
export type Zone = "kept" | "silent" | "fresh";

/** A gateway and its origin. */
export interface Siege extends AsyncDisposable {
  readonly figures: Figures;
  readonly gate: Gate;
  /** Sends a request with this marker, and says what came of it. Several with the same one need different tags. */
  ask(host: string, marker: string, tag?: string): Promise<Outcome>;
  /** Waits until no connection is kept any more. Resolves with what should not be so. */
  settle(): Promise<string | null>;
}

/** The name of a zone; of those where nothing is kept there are some, for so many requests at the same time. */
export function hostOf(zone: Zone, lane: number, place = 0): string {
  return `${zone}-${lane}-${place}.test`;
}

/** Starts a gateway in front of an origin, which ends with it. */
export async function startSiege(
  origin: { readonly url: string } & AsyncDisposable,
  more: Partial<ZoneFile> = {},
): Promise<Siege> {
  const zone = (host: string, timeouts: ZoneFile["timeouts"]): ZoneFile => ({
    hosts: [host],
    origins: [origin.url],
    timeouts: { ...timeouts },
    ...more,
  });
  const short = { responseMs: shortMs, bodyIdleMs: shortMs };
  const gate = new Gate({
    timeouts: { connectMs: longMs, responseMs: longMs, bodyIdleMs: longMs, keepAliveMs },
    zones: Array.from({ length: mostLanes }, (_, lane) => [
      zone(hostOf("kept", lane), short),
      ...Array.from({ length: places }, (_place, place) => [
        zone(hostOf("silent", lane, place), { ...short, keepAliveMs: 1 }),
        zone(hostOf("fresh", lane, place), { keepAliveMs: 1 }),
      ]).flat(),
    ]).flat(),
  });
  await gate.port();
  const figures = new Figures();
  const before = await gate.holding();
  return {
    figures,
    gate,
    async ask(host, marker, tag = "") {
      const target = `/${marker}/${tag}`;
      const port = await gate.port();
      const logged = gate.line(target);
      const startedAt = performance.now();
      const response = await rawRequest(port, { target, headers: [["Host", host]], capMs });
      const tookMs = performance.now() - startedAt;
      const line = await within(logged, () => gate.forget(target));
      for (const message of gate.takeMessages())
        throw new Error(`the gateway has a fault of its own: ${JSON.stringify(message)}`);
      return { marker, response, line, tookMs };
    },
    async settle() {
      if (before === null) return null;
      const until = performance.now() + settlingMs;
      let after = before;
      do {
        // oxlint-disable-next-line no-await-in-loop -- Looking again and again.
        await pause(200);
        // oxlint-disable-next-line no-await-in-loop -- As above.
        after = (await gate.holding()) ?? before;
      } while (after.descriptors > before.descriptors && performance.now() < until);
      figures.held.push(before, after);
      if (after.descriptors <= before.descriptors) return null;
      return `${after.descriptors} descriptors are open, and ${before.descriptors} were before`;
    },
    async [Symbol.asyncDispose]() {
      await gate[Symbol.asyncDispose]();
      await origin[Symbol.asyncDispose]();
    },
  };
}

/** Waits no longer than a client would. */
async function within(logged: Promise<LogLine>, forget: () => void): Promise<LogLine> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      forget();
      reject(new Error("the request has no line in the log"));
    }, capMs);
  });
  try {
    return await Promise.race([logged, late]);
  } finally {
    clearTimeout(timer);
  }
}
