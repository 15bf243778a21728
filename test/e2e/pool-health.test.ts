// What tells of an origin's health, under load: checks of an origin that goes up and down, checks that hang, and requests that fail
// although checks are good. Gateway and origins are processes of their own.

import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, describe, expect, test } from "vitest";

import { failoverTypes } from "../../edge-codes/failover.ts";
import { checkModules } from "../helpers/custom-check.ts";
import { type GatewayProcess, startGatewayProcess } from "../helpers/gateway-process.ts";
import { type OriginProcess, startOrigins } from "../helpers/origin-process.ts";
import {
  countsOf,
  loadOn,
  lostOf,
  monitor,
  noticed,
  poolOf,
  poolZone,
} from "../helpers/pool-zone.ts";
import type { Answer, SteadyLoad } from "../helpers/steady-load.ts";

/** A busy machine takes its time to start processes. */
const patience = { timeout: 60_000 };

const modules = checkModules();
afterAll(() => modules[Symbol.dispose]());

/** How often an origin came into its pool or left it, by what the log says; that it was there at first is no change. */
function changesOf({ notices }: GatewayProcess, { url }: OriginProcess, zone: string): number {
  let [isPassing, isEjected, wasIn, changes] = [true, false, true, 0];
  for (const { state } of notices.filter((one) => one["origin"] === url && one["zone"] === zone)) {
    if (state === "healthy" || state === "unhealthy") isPassing = state === "healthy";
    // Whoever is healthy again is back, whatever requests said of it.
    if (state !== "unhealthy") isEjected = state === "ejected";
    const isIn = isPassing && !isEjected;
    if (isIn !== wasIn) changes += 1;
    wasIn = isIn;
  }
  return changes;
}

test(
  "an origin that goes up and down at every interval does not take its pool with it",
  patience,
  async () => {
    await using origins = await startOrigins("steady", "flapping");
    const { steady, flapping, all } = origins;
    const often = { path: "/health", interval: 0.5, timeout: 0.5 };
    const zone = {
      pools: [
        { ...poolOf(all), name: "main", monitor: often },
        // Not checked, so that no check comes too late on a busy machine.
        { ...poolOf([steady]), name: "spare" },
      ],
      // A connection that was not accepted yet when the origin went down is reset, which is not retried unless one says so.
      failover: { acrossPools: true, on: [...failoverTypes, "connection_terminated"] },
    };
    const zones = [
      { ...zone, hosts: ["checked.test"], passive: { failures: 0 } },
      { ...zone, hosts: ["watched.test"] }, // By requests, too.
    ];
    await using gateway = await startGatewayProcess({ zones });
    await using checked = loadOn(gateway, { host: "checked.test", perSecond: 15 });
    await using watched = loadOn(gateway, { host: "watched.test", perSecond: 15 });

    const intervals = 20;
    const begunAt = performance.now();
    for (let passed = 1; passed <= intervals; passed += 1) {
      await sleep(begunAt + passed * often.interval * 1_000 - performance.now());
      await flapping.become(passed % 2 === 1 ? "down" : "well");
    }
    const answers = [await checked.end(), await watched.end()];

    expect(answers.map((some) => lostOf(some))).toEqual([[], []]);
    // Out, in on trial, out again; once more where two checks in a row chance to see it up.
    for (const { hosts } of zones) {
      const changes = changesOf(gateway, flapping, hosts[0] ?? "");
      expect(changes).toBeGreaterThan(0);
      expect(changes).toBeLessThanOrEqual(5);
    }
  },
);

/** The time that so many percent of requests took at most, in milliseconds. */
function percentile(answers: readonly Answer[], percent: number): number {
  const times = answers.map(({ tookMs }) => tookMs).toSorted((one, other) => one - other);
  return times[Math.floor((times.length * percent) / 100)] ?? Number.NaN;
}

test(
  "checks that hang hurt nobody: neither requests nor other checks wait for them",
  patience,
  async () => {
    await using origins = await startOrigins("checked", "waited-for", "spun-for");
    const { checked } = origins;
    const waits = modules.write("waits", "export default () => new Promise(() => {});");
    const spins = modules.write("spins", "export default () => { for (;;); };");
    const zone = poolZone([checked], { monitor: { ...monitor, consecutiveDown: 5 } });
    // For most of the time: whoever waited for it would wait for seconds.
    const custom = { type: "custom", interval: 3, timeout: 2 } as const;
    const hanging = [
      {
        hosts: ["waits.test"],
        origins: [origins["waited-for"].url],
        monitor: { ...custom, module: waits },
      },
      {
        hosts: ["spins.test"],
        origins: [origins["spun-for"].url],
        monitor: { ...custom, module: spins },
      },
    ];
    await using plain = await startGatewayProcess({ zones: [zone] });
    await using gateway = await startGatewayProcess({ zones: [zone, ...hanging] });

    // Both at the same time: whatever else the machine does slows both.
    await using usual = loadOn(plain);
    await using beside: SteadyLoad = loadOn(gateway);
    const checks = { origin: checked.url, result: "success" };
    const [begunAt, checkedBefore] = [
      performance.now(),
      await gateway.metric("edgecase_health_checks_total", checks),
    ];
    for (const name of ["waited-for", "spun-for"] as const) {
      const notice = await noticed(gateway, origins[name], "unhealthy");
      expect(notice).toMatchObject({ failure: "custom_check_failed", reason: "timeout" });
    }
    await sleep(6_000);
    const seconds = (performance.now() - begunAt) / 1_000;
    const checkedAfter = await gateway.metric("edgecase_health_checks_total", checks);
    const [before, after] = [await usual.end(), await beside.end()];

    expect([lostOf(before), lostOf(after)]).toEqual([[], []]);
    expect(percentile(after, 50)).toBeLessThan(percentile(before, 50) * 2 + 100);
    expect(percentile(after, 99)).toBeLessThan(percentile(before, 99) * 2 + 1_000);
    expect(checkedAfter - checkedBefore).toBeGreaterThan((seconds / monitor.interval) * 0.6);
  },
);

describe("an origin whose checks are good, and whose requests fail", patience, () => {
  test.each([
    ["closes", "connection_terminated", 520],
    ["fails", "response_code_mismatch", 500],
  ] as const)(
    "as it %s is taken out, and let back in little by little",
    async (state, failure, status) => {
      await using origins = await startOrigins("failing", "well");
      const { failing, all } = origins;
      const passive = { failures: 4, statuses: [500], coolDownMs: 1_500, slowStartMs: 3_000 };
      await using gateway = await startGatewayProcess({
        zones: [poolZone(all, { monitor, passive })],
      });
      await using load = loadOn(gateway);
      await failing.become(state);

      const { time: outAt, ...notice } = await noticed(gateway, failing, "ejected");
      await failing.become("well");
      const { time: backAt } = await noticed(gateway, failing, "returned");
      await sleep(4_500);
      const answers = await load.end();

      const since = (at: unknown, ms = 0): readonly Answer[] => load.between(Number(at) + ms);
      const lost = answers.filter((answer) => answer.status !== 200);
      expect(notice).toMatchObject({ msg: "origin is taken out", failure });
      expect(gateway.notices.filter((one) => one["state"] === "unhealthy")).toEqual([]);
      // Four failures, and whatever was under way by then.
      expect(lost.length).toBeGreaterThanOrEqual(passive.failures);
      expect(lost.length).toBeLessThan(20);
      expect(new Set(lost.map((answer) => answer.status))).toEqual(new Set([status]));
      expect(lostOf(since(outAt, 100))).toEqual([]);
      expect(
        Object.keys(countsOf(load.between(Number(outAt) + 100, Number(backAt) - 100))),
      ).toEqual(["well"]);
      const shares = [
        load.between(Number(backAt), Number(backAt) + 1_000),
        since(backAt, 3_000),
      ].map((some) => (countsOf(some)["failing"] ?? 0) / some.length);
      expect(shares[0]).toBeLessThan(0.25);
      expect(shares[1]).toBeGreaterThan(0.28);
      expect(await gateway.metric("edgecase_origin_ejections_total", { origin: failing.url })).toBe(
        1,
      );
    },
  );
});
