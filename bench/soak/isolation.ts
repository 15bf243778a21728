// Whether faults of some zones make another one slower: how long its requests were in the gateway beyond what they asked for.

import type { LogLine } from "../../test/helpers/gateway.ts";
import type { Answer } from "../../test/helpers/steady-load.ts";
import type { Windows } from "./windows.ts";

/** Milliseconds within which that share of the good zone's requests were over, by the gateway's clock and by its client's. */
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

/** Compares both. */
export function isolationOf(
  good: readonly Answer[],
  lines: readonly LogLine[],
  windows: Windows,
): Isolation {
  const byRay = new Map(lines.map((line) => [line["ray"], Number(line["totalMs"])]));
  const percentiles = (isStormy: boolean): Percentiles => {
    const answers = good.filter(({ sentAt }) => windows.isStormy(sentAt) === isStormy);
    const [inGateway, atClient] = [
      answers.map((answer) => (byRay.get(answer.ray) ?? Infinity) - askedMs(answer)),
      answers.map((answer) => answer.tookMs - askedMs(answer)),
    ];
    return {
      half: shareOf(inGateway, 0.5),
      p99: shareOf(inGateway, 0.99),
      clientP99: shareOf(atClient, 0.99),
    };
  };
  return { calm: percentiles(false), stormy: percentiles(true) };
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
