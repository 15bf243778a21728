import { describe, expect, test } from "vitest";

import { provoke, testFailureChain } from "../helpers/failure-chain.ts";
import { startGateway } from "../helpers/gateway.ts";

testFailureChain({
  fixture: "refused",
  type: "connection_refused",
  reason: null,
  phase: "tcp",
  codes: { cloudflare: 521, "cloudflare-1016": 521, rfc9209: 502, generic: 502 },
});

describe("connection_refused", () => {
  test.each(["unix-socket-missing", "unix-socket-abandoned", "all-dead"])(
    "%s is a refusal too",
    async (fixture) => {
      await using gateway = await startGateway({ fixtures: [fixture] });

      const response = await gateway.get();

      expect(response.status).toBe(521);
      expect(await gateway.line()).toMatchObject({ failure: "connection_refused", phase: "tcp" });
    },
  );

  test("a refusal by every origin of a zone counts for each of them, and is one error", async () => {
    await using gateway = await startGateway({ fixtures: ["all-origins-refuse"] });
    const origins = gateway.gateway.zones[0]?.origins.length;

    await gateway.get();
    const line = await gateway.line();

    expect(origins).toBeGreaterThan(1);
    expect(line["retries"]).toBe(Number(origins) - 1);
    expect(await gateway.metric("edgecase_failures_total", { failure: "connection_refused" })).toBe(
      origins,
    );
    expect(await gateway.metric("edgecase_errors_total", { code: "521" })).toBe(1);
  });

  test("a kept connection that dies is tried again on a fresh one, and its refusal is what the client is told", async () => {
    await using gateway = await startGateway({ fixtures: ["stops-listening"] });

    const { response, line } = await provoke(gateway, {
      fixture: "stops-listening",
      type: "connection_refused",
    });

    expect(response.status).toBe(521);
    expect(line).toMatchObject({ failure: "connection_refused", retries: 1, reused: false });
  });
});
