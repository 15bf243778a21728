// Every fault of the zoo as the broken member of a pool: a check finds it, in the words in which a request would fail.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Expectation } from "../../fixtures/fixture.ts";
import { fixtures } from "../../fixtures/index.ts";
import { startZoo, type Zoo } from "../../fixtures/zoo.ts";
import { startGatewayOn, type TestGateway, waitFor, zoneFor } from "../helpers/gateway.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";

/** Seconds: how often is checked, and how long a check may take. All first checks come within a tenth of the interval. */
const interval = 40;
const timeout = 5;

/** They work, but take longer than a check has. */
const slow: ReadonlySet<string> = new Set([
  "body-dribbles",
  "one-byte-at-a-time",
  "sse-heartbeats",
]);

/** A check is a GET on a connection of its own: faults that need another request, or several, are none for it. */
const checked = fixtures.filter(
  ({ name, request, needs }) =>
    request === undefined && needs !== "network-namespace" && !slow.has(name),
);

/** What a check is to find. */
function findingOf(expects: Expectation): unknown {
  if ("status" in expects && expects.status >= 200 && expects.status <= 299)
    return { verdict: "healthy", trouble: null };
  const trouble =
    "status" in expects
      ? { type: "response_code_mismatch" }
      : {
          type: expects.failure,
          ...(expects.reason !== undefined && { reason: asClosed(expects.reason) }),
        };
  return { verdict: "unhealthy", trouble: expect.objectContaining(trouble) as unknown };
}

/** A process this busy may read the close that goes before a reset alone; the suites of each failure look at that more closely. */
function asClosed<T extends string | null | undefined>(reason: T): string | T {
  return reason?.replace(/^reset_/, "closed_") ?? reason;
}

describe("a health check", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
  let zoo: Zoo;
  let good: TestOrigin;
  let gateway: TestGateway;
  let startedAt: number;

  beforeAll(async () => {
    startedAt = performance.now();
    zoo = await startZoo({ only: (fixture) => checked.includes(fixture) });
    good = await startOrigin((socket) => socket.write(ok()));
    const rootFile = join(folder, "root.pem");
    writeFileSync(rootFile, zoo.rootPem);
    gateway = await startGatewayOn({
      zones: zoo.members
        // Where there are several origins, the first is broken whatever becomes of the request.
        .filter(({ started }) => started.moreOrigins === undefined)
        .map(({ fixture, started }) => ({
          ...zoneFor(zoo, fixture.name, rootFile),
          origins: [started.origin, good.url],
          monitor: { interval, timeout },
        })),
    });
  });

  afterAll(async () => {
    await gateway.close();
    await zoo.close();
    await good[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  test.concurrent.each(checked.map((fixture) => [fixture.name, fixture] as const))(
    "sees what %s is",
    async (name, { expects }) => {
      const zone = gateway.gateway.zones.find((one) => one.name === `${name}.test`);
      if (zone === undefined) return; // This machine cannot have it, or it is about several origins.
      const standing = zone.origins[0]?.standing;

      const verdict = await waitFor(
        () => (standing?.verdict === "unknown" ? null : standing?.verdict),
        "no check has come to an end",
        2 * interval * 1_000,
      );

      const { trouble = null } = standing ?? {};
      const seen = {
        verdict,
        trouble: trouble && { ...trouble, reason: asClosed(trouble.reason) },
      };
      expect(seen).toEqual(findingOf(expects));
    },
    2 * interval * 1_000 + 5_000,
  );

  test("finds the good origin of every pool good, and asks it once an interval for all of them", () => {
    // Zones that speak HTTP/2 to their origins check otherwise, and the good origin does not know it.
    const alike = gateway.gateway.zones.filter(
      ({ config }) => !config.isHttp2Offered && !config.isHttp2Prior,
    );

    const verdicts = alike.map(({ origins }) => origins[1]?.standing.verdict);

    expect(new Set(verdicts)).toEqual(new Set(["healthy"]));
    const asked = good.heads.filter((head) => head.startsWith("GET ")).length;
    const intervals = Math.ceil((performance.now() - startedAt) / (interval * 1_000 * 0.9));
    expect(asked).toBeLessThanOrEqual(intervals);
  });
});
