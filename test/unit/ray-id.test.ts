import { describe, expect, test } from "vitest";

import { newRayId } from "../../src/identify/ray-id.ts";

describe("ray ids", () => {
  test("are 16 hex digits and the place", () => {
    expect(newRayId("DEV")).toMatch(/^[0-9a-f]{16}-DEV$/);
  });

  test("do not repeat, across every refill of the pool of random bytes", () => {
    const rays = Array.from({ length: 10_000 }, () => newRayId("FRA"));

    expect(new Set(rays).size).toBe(rays.length);
    expect(rays.filter((ray) => !/^[0-9a-f]{16}-FRA$/.test(ray))).toEqual([]);
  });
});
