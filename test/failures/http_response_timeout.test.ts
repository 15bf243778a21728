import { describe, expect, test } from "vitest";

import { testFailureChain } from "../helpers/failure-chain.ts";
import { startGateway, waitFor } from "../helpers/gateway.ts";

testFailureChain({
  fixture: "never-answers",
  type: "http_response_timeout",
  reason: null,
  phase: "http",
  codes: { cloudflare: 524, "cloudflare-1016": 524, rfc9209: 504, generic: 502 },
  config: { timeouts: { responseMs: 120 } },
});

describe("http_response_timeout", () => {
  test.each([
    "stalls-in-status-line",
    "stalls-in-header",
    "dribbles-in-header",
    "interim-then-silence",
    "interim-without-end",
    "tls-never-answers",
  ])("%s is no answer in time", async (fixture) => {
    await using gateway = await startGateway({
      fixtures: [fixture],
      timeouts: { responseMs: 300 },
    });

    const response = await gateway.get();

    expect(response.status).toBe(524);
    expect(await gateway.line()).toMatchObject({
      failure: "http_response_timeout",
      reason: null,
      phase: "http",
      originStatus: 0,
    });
  });

  test("comes after responseMs, and leaves the origin no connection", async () => {
    await using gateway = await startGateway({
      fixtures: ["never-answers"],
      timeouts: { responseMs: 150 },
    });

    await gateway.get();

    const { totalMs } = await gateway.line();
    expect(totalMs).toBeGreaterThanOrEqual(145);
    expect(totalMs).toBeLessThan(700);
    await waitFor(
      () => gateway.openConnections("never-answers") === 0,
      "the origin still has a connection",
    );
  });

  test("a request that was sent is not sent again, even a GET", async () => {
    await using gateway = await startGateway({
      fixtures: ["never-answers"],
      timeouts: { responseMs: 100 },
    });

    await gateway.get();

    expect(await gateway.line()).toMatchObject({ retries: 0 });
    expect(gateway.requestsSeen("never-answers")).toBe(1);
  });
});
