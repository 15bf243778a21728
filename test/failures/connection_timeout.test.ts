import { describe, expect, test } from "vitest";

import { classifyConnect } from "../../src/classify/classify-connect.ts";
import { PhaseError } from "../../src/connect/phase-error.ts";
import { testFailureChain } from "../helpers/failure-chain.ts";
import { startGateway } from "../helpers/gateway.ts";

testFailureChain({
  fixture: "accept-queue-full",
  type: "connection_timeout",
  reason: null,
  phase: "tcp",
  codes: { cloudflare: 522, "cloudflare-1016": 522, rfc9209: 504, generic: 502 },
  config: { timeouts: { connectMs: 120 } },
});

describe("connection_timeout", () => {
  test("comes after connectMs, whatever the kernel would wait", async () => {
    await using gateway = await startGateway({
      fixtures: ["accept-queue-full"],
      timeouts: { connectMs: 150 },
    });

    await gateway.get();

    const { tcpMs } = await gateway.line();
    expect(tcpMs).toBeGreaterThanOrEqual(145);
    expect(tcpMs).toBeLessThan(600);
  });

  test("the clock scales connectMs", async () => {
    await using gateway = await startGateway({
      fixtures: ["accept-queue-full"],
      timeouts: { connectMs: 19_000, dnsMs: 50_000 },
      clock: 0.01,
    });

    await gateway.get();

    const { tcpMs } = await gateway.line();
    expect(tcpMs).toBeGreaterThanOrEqual(185);
    expect(tcpMs).toBeLessThan(800);
  });

  test("is also what the kernel's own ETIMEDOUT means before a connection stands", () => {
    const failure = classifyConnect(new PhaseError("tcp", "ETIMEDOUT"));

    expect(failure).toMatchObject({ type: "connection_timeout", reason: null, requestSent: false });
  });
});
