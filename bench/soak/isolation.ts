// Whether faults of some zones make another one slower: how long its requests were in the gateway beyond what they asked for.

import type { LogLine } from "../../test/helpers/gateway.ts";
import type { Answer } from "../../test/helpers/steady-load.ts";
import type { Windows } from "./windows.ts";

/**
 * Milliseconds within which that share of the good zone's requests were over, by the gateway's clock and by its client's: the median of
 * all the times of one kind, so that what else the machine did in some of them does not count.
 */
export interface Percentiles {
  readonly half: number;
  readonly p99: number;
  readonly clientP99: number;
}

/** In times without faults, and in times with them. */
export interface Isolation {
  readonly calm: Percentiles;
  readonly stormy: Percentiles;
}

/** An answer: how long it was in the gateway, and how long its client waited. */
interface Taken {
  readonly gatewayMs: number;
  readonly clientMs: number;
}

/** Compares both. */
export function isolationOf(
  good: readonly Answer[],
  lines: readonly LogLine[],
  windows: Windows,
): Isolation {
  const byRay = new Map(lines.map((line) => [line["ray"], Number(line["totalMs"])]));
  const byWindow: Taken[][] = [];
  for (const answer of good) {
    const index = windows.indexOf(answer.sentAt);
    if (index < 0) continue;
    (byWindow[index] ??= []).push({
      gatewayMs: (byRay.get(answer.ray) ?? Infinity) - askedMs(answer),
      clientMs: answer.tookMs - askedMs(answer),
    });
  }
  const ofKind = (odd: 0 | 1): readonly (readonly Taken[])[] =>
    byWindow.filter((_, index) => index % 2 === odd);
  return { calm: percentilesOf(ofKind(0)), stormy: percentilesOf(ofKind(1)) };
}

function percentilesOf(times: readonly (readonly Taken[])[]): Percentiles {
  const median = (share: number, of: "gatewayMs" | "clientMs"): number =>
    shareOf(
      times.map((window) =>
        shareOf(
          window.map((one) => one[of]),
          share,
        ),
      ),
      0.5,
    );
  return {
    half: median(0.5, "gatewayMs"),
    p99: median(0.99, "gatewayMs"),
    clientP99: median(0.99, "clientMs"),
  };
}

function shareOf(times: readonly number[], share: number): number {
  const sorted = times.toSorted((one, other) => one - other);
  return Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
}

/** How long an answer was asked to take. */
function askedMs({ path, uploadMs = 0 }: Answer): number {
  const query = new URL(path, "http://any.test").searchParams;
  const number = (key: string): number => Number(query.get(key) ?? 0);
  return uploadMs + number("delay") + number("pause") * number("parts");
}
