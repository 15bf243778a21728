// Origins die and come back under load. Gateway and origins are processes of their own, the origins killed as kernels kill.

import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, test } from "vitest";

import { waitFor } from "../helpers/gateway.ts";
import { startGatewayProcess } from "../helpers/gateway-process.ts";
import { startOrigins } from "../helpers/origin-process.ts";
import {
  countsOf,
  distance,
  loadOn,
  lostOf,
  monitor,
  noticed,
  poolZone,
  warmUp,
} from "../helpers/pool-zone.ts";

/** How far three origins are from their weights by chance one time in a thousand. */
const unlikely = 13.8;
/** A busy machine takes its time to start processes. */
const patience = { timeout: 60_000 };

describe("one of three origins", patience, () => {
  test("dies under load, and not one request fails; the others share as their weights say", async () => {
    await using origins = await startOrigins("a", "b", "c");
    const { b, all } = origins;
    await using gateway = await startGatewayProcess({ zones: [poolZone(all, { monitor })] });
    await warmUp(gateway);
    await using load = loadOn(gateway);
    await sleep(1_500);

    const killedAt = Date.now();
    await b.kill();
    await noticed(gateway, b, "unhealthy");
    await sleep(1_500);
    const answers = await load.end();

    const before = countsOf(answers.filter(({ sentAt }) => sentAt < killedAt));
    const afterwards = countsOf(answers.filter(({ sentAt }) => sentAt > killedAt));
    expect(lostOf(answers)).toEqual([]);
    expect(distance(before, { a: 1, b: 2, c: 3 })).toBeLessThan(unlikely);
    expect(afterwards["b"]).toBeUndefined();
    expect(distance(afterwards, { a: 1, c: 3 })).toBeLessThan(unlikely);
    const refused = { origin: b.url, failure: "connection_refused" };
    expect(gateway.notices).toContainEqual(
      expect.objectContaining({ ...refused, msg: "origin is unhealthy", pool: "default" }),
    );
    expect(await gateway.metric("edgecase_failures_total", refused)).toBeGreaterThan(0);
    expect(await gateway.metric("edgecase_origin_healthy", { origin: b.url })).toBe(0);
    const another = await gateway.metric("edgecase_retries_total", { kind: "another_origin" });
    expect(another).toBeGreaterThan(0);
  });

  test("comes back, and has its share again little by little", async () => {
    await using origins = await startOrigins("a", "b", "c");
    const { b, all } = origins;
    await using gateway = await startGatewayProcess({
      zones: [poolZone(all, { monitor, passive: { failures: 0, slowStartMs: 4_000 } })],
    });
    await using load = loadOn(gateway);
    await b.kill();
    await noticed(gateway, b, "unhealthy");

    await b.startAgain();
    const { time } = await noticed(gateway, b, "healthy");
    await sleep(6_000);
    const answers = await load.end();

    const backAt = Number(time);
    const early = countsOf(load.between(backAt, backAt + 1_500));
    const late = countsOf(load.between(backAt + 4_000));
    expect(lostOf(answers.filter(({ sentAt }) => sentAt > backAt))).toEqual([]);
    expect(distance(late, { a: 1, b: 2, c: 3 })).toBeLessThan(unlikely);
    // Half of what the others have in the end; a tenth of that, on average, while it has just begun.
    expect(early["b"] ?? 0).toBeLessThan(((early["a"] ?? 0) + (early["c"] ?? 0)) / 4);
  });
});

describe("where all three origins are dead", patience, () => {
  test("checks have the client told at once, and know within an interval when one is back", async () => {
    await using origins = await startOrigins("a", "b", "c");
    await using gateway = await startGatewayProcess({
      zones: [poolZone(origins.all, { monitor })],
    });
    await Promise.all(origins.all.map((origin) => origin.kill()));
    for (const origin of origins.all) await noticed(gateway, origin, "unhealthy");

    await using load = loadOn(gateway);
    await waitFor(() => load.answers.length > 30, "the gateway does not answer", 20_000);
    await origins.c.startAgain();
    const backAt = Date.now();
    const first = await waitFor(
      () => load.answers.find(({ status }) => status === 200),
      "nobody hears that it is back",
      20_000,
    );

    const meanwhile = load.answers.slice(0, 30);
    expect(new Set(meanwhile.map(({ status }) => status))).toEqual(new Set([503]));
    expect(meanwhile[0]?.content).toContain("destination_unavailable");
    const middle = meanwhile.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b)[15];
    expect(middle).toBeLessThan(200);
    // An interval, and a second for a busy machine.
    expect(first.sentAt - backAt).toBeLessThan(monitor.interval * 1_000 + 1_000);
  });

  test("and nobody checks them, each request has its answer at once, and finds one that is back", async () => {
    await using origins = await startOrigins("a", "b", "c");
    await using gateway = await startGatewayProcess({ zones: [poolZone(origins.all)] });
    await Promise.all(origins.all.map((origin) => origin.kill()));

    await using load = loadOn(gateway);
    await noticed(gateway, origins.c, "ejected");
    await waitFor(() => load.answers.length > 30, "the gateway does not answer", 20_000);
    await origins.c.startAgain();
    const backAt = Date.now();
    const first = await waitFor(
      () => load.answers.find(({ status }) => status === 200),
      "nobody finds that it is back",
      20_000,
    );

    const meanwhile = load.answers.slice(0, 30);
    expect(new Set(meanwhile.map(({ status }) => status))).toEqual(new Set([521]));
    // Long before its cool-down of 30 seconds is over.
    expect(first.sentAt - backAt).toBeLessThan(2_000);
  });
});

test("requests that fail are tried elsewhere within a budget, and no more", patience, async () => {
  await using origins = await startOrigins("a", "b", "c");
  const [budgetPercent, budgetPerSecond] = [5, 1];
  await using gateway = await startGatewayProcess({
    zones: [
      poolZone(origins.all, {
        passive: { failures: 0 },
        failover: { budgetPercent, budgetPerSecond },
      }),
    ],
  });
  await Promise.all([origins.a.kill(), origins.b.kill()]);

  const begunAt = performance.now();
  await using load = loadOn(gateway);
  await sleep(4_000);
  const answers = await load.end();

  // Ten seconds' worth is there from the start.
  const seconds = (performance.now() - begunAt) / 1_000 + 10;
  const granted = (answers.length * budgetPercent) / 100 + seconds * budgetPerSecond;
  const another = await gateway.metric("edgecase_retries_total", { kind: "another_origin" });
  const overBudget = await gateway.metric("edgecase_retries_total", { kind: "over_budget" });
  await gateway.close();
  const retries = gateway.lines.reduce((sum, line) => sum + Number(line["retries"]), 0);
  expect(another).toBeGreaterThan(10);
  expect(another).toBeLessThanOrEqual(granted);
  expect(retries).toBe(another);
  expect(overBudget).toBeGreaterThan(0);
  expect(gateway.lines.filter(({ status }) => status === 521).length).toBeGreaterThanOrEqual(
    overBudget,
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 521]));
});
