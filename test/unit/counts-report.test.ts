import { isDeepStrictEqual } from "node:util";
import { deserialize, serialize } from "node:v8";

import { array, assert, boolean, constantFrom, integer, property, record } from "fast-check";
import { describe, expect, test } from "vitest";

import { edgeFailure } from "../../src/classify/edge-failure.ts";
import type { ExchangeContext } from "../../src/exchange-context.ts";
import { absorbCounts, type CountsReport, drainCounts } from "../../src/record/counts-report.ts";
import { Histogram } from "../../src/record/histogram.ts";
import { countingTable } from "../../src/record/statuses.ts";
import { ZoneCounts } from "../../src/record/zone-counts.ts";
import type { RetryCounts } from "../../src/zone.ts";

const expected = { codes: [521, 525], countedAs: countingTable([]) };
const noRetries = (): RetryCounts => ({ same_origin: 0, another_origin: 0, over_budget: 0 });

interface Ended {
  readonly status: number;
  readonly isFailed: boolean;
  readonly totalMs: number;
  /** Which of the workers had it. */
  readonly worker: number;
  /** Whether the worker reports after it. */
  readonly isReported: boolean;
}

function contextOf({ status, isFailed }: Ended, index: number): ExchangeContext {
  return {
    req: { method: "GET" },
    ray: `${index}`.padStart(16, "0"),
    status,
    origin: "http://a.test",
    dnsMs: null,
    tcpMs: 1.5,
    tlsMs: null,
    responseMs: status / 100,
    recovered: [],
    injected: isFailed ? { name: "refused" } : null,
    failure: isFailed ? edgeFailure("connection_refused", "") : null,
    code: isFailed ? { code: 521, status: 521 } : null,
  } as never;
}

function sorted<K, V>(map: ReadonlyMap<K, V>): [K, V][] {
  return [...map].toSorted(([left], [right]) => String(left).localeCompare(String(right)));
}

function inNumbers({ counts, total, sumSeconds }: Histogram) {
  return { counts: [...counts], total, sum: Math.round(sumSeconds * 1e6) };
}

/** A zone's numbers as they are scraped; without exemplars, which the last one to report leaves. */
function numbersOf({ requests, errors, injected, failures, duration, phases }: ZoneCounts) {
  return {
    requests: sorted(requests),
    errors: sorted(errors),
    injected: sorted(injected),
    failures: sorted(failures),
    duration: inNumbers(duration),
    phases: phases.map(inNumbers),
  };
}

function copied(report: CountsReport): CountsReport {
  return deserialize(serialize(report)) as CountsReport;
}

const endedRequest = record({
  status: constantFrom(200, 404, 599, 521),
  isFailed: boolean(),
  totalMs: integer({ min: 0, max: 400_000 }),
  worker: integer({ min: 0, max: 2 }),
  isReported: boolean(),
});

describe("reports of counts", () => {
  test("add up to what one process would have counted, whoever counts and whenever it reports", () => {
    assert(
      property(array(endedRequest, { maxLength: 200 }), (all) => {
        const whole = new ZoneCounts(expected);
        const total = new ZoneCounts(expected);
        const workers = [0, 1, 2].map(() => new ZoneCounts(expected));
        const report = (counts: ZoneCounts): void => {
          const made = drainCounts("a.test", counts, noRetries());
          if (made !== null) absorbCounts(copied(made), total, noRetries());
        };

        for (const [index, ended] of all.entries()) {
          const counts = workers[ended.worker] as ZoneCounts;
          whole.count(contextOf(ended, index), ended.totalMs);
          counts.count(contextOf(ended, index), ended.totalMs);
          if (ended.isReported) report(counts);
        }
        for (const counts of workers) report(counts);

        expect(numbersOf(total)).toEqual(numbersOf(whole));
      }),
      { numRuns: 50 },
    );
  });

  test("are none where nothing was counted", () => {
    const counts = new ZoneCounts(expected);
    counts.count(contextOf({ status: 200 } as Ended, 1), 1);
    drainCounts("a.test", counts, noRetries());

    expect(drainCounts("a.test", counts, noRetries())).toBeNull();
  });

  test("take retries along, and the request behind a number", () => {
    const [counts, total] = [new ZoneCounts(expected), new ZoneCounts(expected)];
    const [retries, all] = [{ ...noRetries(), another_origin: 2 }, noRetries()];
    counts.count(contextOf({ status: 521, isFailed: true } as Ended, 7), 3);

    const report = drainCounts("a.test", counts, retries);
    absorbCounts(copied(report as CountsReport), total, all);

    expect([retries, all]).toEqual([noRetries(), { ...noRetries(), another_origin: 2 }]);
    expect(total.exemplars.get(521)).toMatchObject({ ray: "0000000000000007" });
    expect(total.duration.exemplars.find((one) => one !== undefined)?.value).toBe(0.003);
    expect(isDeepStrictEqual([...counts.requests], [])).toBe(true);
  });
});
