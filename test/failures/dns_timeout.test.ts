import { describe, expect, test } from "vitest";

import { testFailureChain } from "../helpers/failure-chain.ts";
import { startGateway } from "../helpers/gateway.ts";

testFailureChain({
  fixture: "resolver-never-answers",
  type: "dns_timeout",
  reason: null,
  phase: "dns",
  codes: { cloudflare: 523, "cloudflare-1016": 1016, rfc9209: 504, generic: 502 },
  config: { timeouts: { dnsMs: 120 } },
});

describe("dns_timeout", () => {
  test.each(["a-never-answers", "truncated-tcp-silent", "wrong-id", "wrong-question"])(
    "%s is as good as no answer",
    async (fixture) => {
      await using gateway = await startGateway({ fixtures: [fixture], timeouts: { dnsMs: 200 } });

      const response = await gateway.get();

      expect(response.status).toBe(523);
      expect(await gateway.line()).toMatchObject({
        failure: "dns_timeout",
        phase: "dns",
        tcpMs: null,
        originIp: "",
      });
    },
  );

  test("comes after dnsMs", async () => {
    await using gateway = await startGateway({
      fixtures: ["resolver-never-answers"],
      timeouts: { dnsMs: 150 },
    });

    await gateway.get();

    const { dnsMs } = await gateway.line();
    expect(dnsMs).toBeGreaterThanOrEqual(145);
    expect(dnsMs).toBeLessThan(600);
  });

  test("of one zone does not hold up another", async () => {
    await using gateway = await startGateway({
      fixtures: ["good", "resolver-never-answers"],
      timeouts: { dnsMs: 1_000 },
    });
    const silent = Array.from({ length: 8 }, () =>
      gateway.get("/", [["Host", "resolver-never-answers.test"]]),
    );

    const response = await gateway.get("/", [["Host", "good.test"]]);

    expect(response.status).toBe(200);
    expect(gateway.lines.length).toBe(1);
    await Promise.all(silent);
  });
});
