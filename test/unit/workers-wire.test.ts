import { isDeepStrictEqual } from "node:util";
import { deserialize, serialize } from "node:v8";

import { describe, expect, test } from "vitest";

import { pack, type PackedConfig, shareOf, unpack } from "../../src/workers/packed-config.ts";
import { seqOf } from "../../src/workers/seq.ts";
import { Wire } from "../../src/workers/wire.ts";
import { completeConfig } from "../helpers/gateway.ts";

interface Side {
  add(left: number, right: number): Promise<number>;
  fail(): void;
  note(word: string): void;
}

/** As between processes. */
const copied = (message: unknown) => deserialize(serialize(message)) as never;

/** Two ends; what is sent is copied. */
function ends(heard: string[] = []) {
  const near: Wire<Side, object> = new Wire((message, done) => {
    far.receive(copied(message));
    done(null);
  }, {});
  const far: Wire<object, Side> = new Wire((message) => near.receive(copied(message)), {
    add: async (left, right) => left + right,
    fail: () => {
      throw new Error("it cannot");
    },
    note: (word) => void heard.push(word),
  });
  return { near, far };
}

describe("the wire between two processes", () => {
  test("answers calls, each with its own answer", async () => {
    const { near } = ends();

    expect(await Promise.all([near.call("add", 1, 2), near.call("add", 3, 4)])).toEqual([3, 7]);
  });

  test("says why a call failed", async () => {
    const { near } = ends();

    await expect(near.call("fail")).rejects.toThrow("it cannot");
  });

  test("takes words without an answer, in their order", async () => {
    const heard: string[] = [];
    const { near } = ends(heard);

    const hasLeft = [await near.tell("note", "one"), await near.tell("note", "two")];

    expect([heard, hasLeft]).toEqual([
      ["one", "two"],
      [true, true],
    ]);
  });

  test("leaves nobody waiting when the other end goes", async () => {
    const wire = new Wire<Side, object>(() => {}, {});
    const asked = wire.call("add", 1, 2);

    wire.close();

    await expect(asked).rejects.toThrow("the other process has ended");
    await expect(wire.call("add", 1, 2)).rejects.toThrow("the other process has ended");
    expect(await wire.tell("note", "")).toBe(false);
  });
});

describe("a configuration for a worker", () => {
  const config = completeConfig({
    trustedProxies: ["10.0.0.0/8", "2001:db8::/32"],
    errors: { reveal: { cidrs: ["192.0.2.0/24"] } },
    limits: { originConnections: 7, originQueue: 2 },
    zones: [
      {
        hosts: ["a.test"],
        ssl: "strict",
        origins: ["https://a.test", { address: "http://b.test", addresses: "each" }],
        errors: { reveal: { cidrs: ["198.51.100.0/24"] } },
        errorRules: [{ status: [404], body: "::RAY_ID::" }],
        monitor: { type: "tcp" },
      },
    ],
    inject: { rules: [{ fault: "expired", match: { header: { "x-a": "*" } } }] },
  });

  test("arrives as it was sent", () => {
    const arrived = unpack(deserialize(serialize(pack(config))) as PackedConfig);

    expect(isDeepStrictEqual(arrived, config)).toBe(true);
  });

  test("has a part of what all workers may have together, and each at least one connection", () => {
    const limits = [0, 1, 2].map((index) => shareOf(config, index, 3).zones[0]?.limits);
    const many = Array.from({ length: 9 }, (_, index) => shareOf(config, index, 9).zones[0]);

    expect(limits.map((one) => one?.originConnections)).toEqual([3, 2, 2]);
    expect(limits.map((one) => one?.originQueue)).toEqual([1, 1, 0]);
    expect(many.map((zone) => zone?.limits.originConnections)).toEqual(Array.from(many, () => 1));
    expect(many[0]?.failover.budgetPerSecond).toBeCloseTo(
      (config.zones[0]?.failover.budgetPerSecond ?? 0) / 9,
    );
  });
});

test("numbers of exchanges rise in each process, and no two processes have one in common", () => {
  const begunAt = Date.now() - 1_000;
  const processes = [0, 1, 511].map((lane) => seqOf(lane, begunAt));

  const all = processes.map((next) => Array.from({ length: 1_000 }, () => next()));

  const every = all.flat();
  expect(new Set(every).size).toBe(every.length);
  for (const seqs of all) expect(seqs.toSorted((left, right) => left - right)).toEqual(seqs);
  expect(Math.min(...every)).toBeGreaterThan(0);
  const eightYearsMs = 8 * 365 * 86_400_000;
  expect(Number.isSafeInteger(seqOf(1, Date.now() - eightYearsMs)())).toBe(true);
});
