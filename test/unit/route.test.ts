import { describe, expect, test } from "vitest";

import { parseConfig } from "../../src/config/read-file.ts";
import { resolveConfig } from "../../src/config/resolve.ts";
import { hostOf } from "../../src/identify/identify.ts";
import { Router } from "../../src/route/route.ts";
import { Zone } from "../../src/zone.ts";

/** A router for zones with these hosts. */
function routerFor(...hosts: string[][]): Router {
  const zones = hosts.map((names) => ({ hosts: names, origins: ["http://127.0.0.1:1"] }));
  const config = resolveConfig(parseConfig(JSON.stringify({ zones }), null), null);
  return new Router(config.zones.map((zone) => new Zone(zone)));
}

describe("a request's zone", () => {
  test.each([
    ["a.test", "a.test"],
    ["b.test", "a.test"],
    ["www.a.test", "*.a.test"],
    ["x.www.a.test", "*.a.test"],
    ["deep.in.a.test", "*.a.test"],
    ["api.a.test", "api.a.test"],
    ["x.api.a.test", "*.api.a.test"],
    ["x.y.api.a.test", "*.api.a.test"],
    ["other.test", "*"],
    ["xa.test", "*"],
    ["", "*"],
    [".", "*"],
    ["..a.test", "*.a.test"],
  ])("of %j is that with the host %s", (host, name) => {
    const router = routerFor(
      ["a.test", "b.test"],
      ["*.a.test"],
      ["api.a.test"],
      ["*.api.a.test"],
      ["*"],
    );

    expect(router.find(host)?.name).toBe(name);
  });

  test.each(["a.test", "test", "b.a", "axtest", "constructor", "__proto__", ""])(
    "is none for %j where only *.a.test is",
    (host) => {
      expect(routerFor(["*.a.test"]).find(host)).toBeNull();
    },
  );

  test("is none where there are no zones", () => {
    expect(routerFor().find("a.test")).toBeNull();
  });

  test("is found as fast for a host that is nothing but dots", () => {
    const router = routerFor(["*.a.test"]);
    const startedAt = performance.now();

    router.find(".".repeat(100_000));

    expect(performance.now() - startedAt).toBeLessThan(30);
  });
});

describe("the host of a Host field", () => {
  test.each([
    ["a.test", "a.test"],
    ["A.Test", "a.test"],
    ["a.test:8080", "a.test"],
    ["a.test.", "a.test"],
    ["a.test.:8080", "a.test"],
    ["127.0.0.1:80", "127.0.0.1"],
    ["[::1]:8080", "[::1]"],
    ["[::1]", "[::1]"],
    ["", ""],
    [":80", ""],
    ["[", ""],
  ])("%j is %j", (field, host) => {
    expect(hostOf(field)).toBe(host);
  });
});
