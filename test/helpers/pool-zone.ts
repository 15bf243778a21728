// A zone of origins that are processes of their own, steady load on it, and what came of that.

import type { ZoneFile } from "../../src/config/schema.ts";
import { type LogLine, waitFor } from "./gateway.ts";
import type { GatewayProcess } from "./gateway-process.ts";
import type { OriginProcess } from "./origin-process.ts";
import { type Answer, type LoadOptions, SteadyLoad } from "./steady-load.ts";

type PoolFile = NonNullable<ZoneFile["pools"]>[number];

const host = "pool.test";

/** Checks often enough for a test, and patiently enough for a busy machine, where one may be late; seconds. */
export const monitor = { path: "/health", interval: 1, timeout: 1, consecutiveDown: 2 };

/** Origins that have their turns; the first has weight 1, the second 2, and so on. */
export function poolOf(origins: readonly OriginProcess[]): Pick<PoolFile, "origins" | "steering"> {
  return {
    origins: origins.map(({ url }, index) => ({ address: url, weight: index + 1 })),
    steering: "round_robin",
  };
}

/** A zone of such origins. */
export function poolZone(
  origins: readonly OriginProcess[],
  more: Partial<ZoneFile> = {},
): ZoneFile {
  return { hosts: [host], ...poolOf(origins), ...more };
}

/** GETs for the zone, 25 a second unless the options say otherwise: as much as a busy machine takes. */
export function loadOn({ port }: GatewayProcess, options: Partial<LoadOptions> = {}): SteadyLoad {
  return new SteadyLoad({
    port,
    host,
    perSecond: 25,
    shot: () => ({ method: "GET", path: "/" }),
    ...options,
  });
}

/** Answers that are not those of an origin, or not whole, in a few words each. */
export function lostOf(answers: readonly Answer[]): readonly string[] {
  return answers
    .filter(({ ending, status }) => ending !== "whole" || status !== 200)
    .map(({ ending, status, error, content }) => {
      const failure = /"failure":{"type":"\w+","reason":"?\w+/.exec(content)?.[0] ?? "";
      return `${status} ${ending} ${error}${failure}`;
    });
}

/** How many requests each origin answered, by its name. */
export function countsOf(answers: readonly Answer[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { origin } of answers) counts[origin] = (counts[origin] ?? 0) + 1;
  return counts;
}

/**
 * How far counts are from these weights (Pearson's χ², a name without weight left out). Of three origins that have their turn at
 * random one time in a thousand has more than 13.8.
 */
export function distance(
  counts: Readonly<Record<string, number>>,
  weights: Readonly<Record<string, number>>,
): number {
  const names = Object.keys(weights);
  const total = names.reduce((sum, name) => sum + (counts[name] ?? 0), 0);
  const whole = names.reduce((sum, name) => sum + (weights[name] ?? 0), 0);
  return names.reduce((sum, name) => {
    const expected = (total * (weights[name] ?? 0)) / whole;
    return sum + ((counts[name] ?? 0) - expected) ** 2 / expected;
  }, 0);
}

/** Waits until the gateway says this of an origin; resolves with what it said. */
export function noticed(
  { notices }: GatewayProcess,
  { url }: OriginProcess,
  state: "healthy" | "unhealthy" | "ejected" | "returned",
): Promise<LogLine> {
  return waitFor(
    () => notices.findLast((one) => one["origin"] === url && one["state"] === state),
    `nothing was said of ${url} being ${state}`,
    20_000,
  );
}

/** Connections that are kept, so that none of the requests that follow needs a fresh one: those would not be sent again. */
export async function warmUp(gateway: GatewayProcess): Promise<void> {
  const load = loadOn(gateway, {
    perSecond: 200,
    shot: () => ({ method: "GET", path: "/?delay=300" }),
  });
  await waitFor(() => load.answers.length > 40, "the gateway does not answer", 20_000);
  await load.end();
}
