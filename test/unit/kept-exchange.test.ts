import { describe, expect, test } from "vitest";

import type { KeptExchange } from "../../src/record/kept-exchange.ts";
import { startGateway, startGatewayOn } from "../helpers/gateway.ts";

const nowhere = "http://127.0.0.1:9";

/** What a kept exchange says by itself, less what it has from the configuration. */
function ownPart({ failure, ...kept }: KeptExchange): object {
  if (failure === null) return kept;
  const { told: _told, target: _target, zoneConfig: _config, ...own } = failure;
  return { ...kept, failure: own };
}

/** Every value in it that is neither a word, a number, a list nor a plain object. */
function foreign(value: unknown): unknown[] {
  if (typeof value === "function") return [value];
  if (value === null || typeof value !== "object") return [];
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === Object.prototype || Array.isArray(value);
  return [...(isPlain ? [] : [value]), ...Object.values(value).flatMap(foreign)];
}

describe("what is kept of an exchange", () => {
  test.each(["expired", "refused", "nxdomain", "content-length-too-short-fin"])(
    "with %s holds no connection, body or cause of an error",
    async (fixture) => {
      await using gateway = await startGateway({ fixtures: [fixture], admin: { port: 0 } });
      await gateway.get("/");
      await gateway.line();

      const [kept] = gateway.gateway.recent.search({});

      expect(kept?.failure?.cause).toBeNull();
      expect(foreign(ownPart(kept as KeptExchange))).toEqual([]);
    },
  );

  test("has bounded texts, however long the request's are", async () => {
    await using gateway = await startGatewayOn({
      admin: { port: 0 },
      zones: [{ hosts: ["*"], origins: [nowhere] }],
    });
    await gateway.request({
      target: `/${"p".repeat(20_000)}?${"q".repeat(10_000)}`,
      headers: [
        ["Host", `${"h".repeat(5_000)}.test`],
        ["Accept", `text/plain, ${"a".repeat(20_000)}`],
      ],
    });
    await gateway.line();

    const [kept] = gateway.gateway.recent.search({});

    expect(kept?.path).toBe(`/${"p".repeat(2_047)}`);
    expect(kept?.host).toHaveLength(2_048);
    expect(kept?.failure?.asked.headers.accept).toHaveLength(1_024);
    expect(JSON.stringify(ownPart(kept as KeptExchange)).length).toBeLessThan(kept?.bytes ?? 0);
  });

  test("is nothing where nobody can ask", async () => {
    await using gateway = await startGatewayOn({ zones: [{ hosts: ["*"], origins: [nowhere] }] });
    await gateway.get("/");
    await gateway.line();

    expect([...gateway.gateway.recent.search({})]).toEqual([]);
  });

  test("is kept of failures although many requests that work come after them", async () => {
    await using gateway = await startGatewayOn({
      admin: { port: 0 },
      zones: [{ hosts: ["a.test"], origins: [nowhere] }],
    });
    await gateway.request({ host: "a.test", target: "/failed" });
    const connection = gateway.connect();
    for (let count = 0; count < 600; count += 1)
      await connection.request({ target: "/cdn-cgi/trace", headers: [["Host", "a.test"]] });

    const { recent } = gateway.gateway;
    const [failed] = recent.search({ failure: "connection_refused" });

    expect(failed?.path).toBe("/failed");
    expect([...recent.search({})]).toHaveLength(501);
    expect([recent.dropped, recent.oldest]).toEqual([100, 1]);
  });
});
