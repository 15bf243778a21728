// No origin can provoke it, so the gateway is given a defect: its resolver throws what no resolver throws.

import { describe, expect, test, vi } from "vitest";

import { classifyConnect } from "../../src/classify/classify-connect.ts";
import { PhaseError } from "../../src/connect/phase-error.ts";
import { testFailureChain } from "../helpers/failure-chain.ts";
import { startGateway, type ZooGateway } from "../helpers/gateway.ts";

function breakResolver({ gateway }: ZooGateway): void {
  const [zone] = gateway.zones;
  if (zone !== undefined)
    vi.spyOn(zone.resolver, "resolve").mockRejectedValue(
      new TypeError("a defect of ours", { cause: new Error("its cause") }),
    );
}

testFailureChain({
  fixture: "good",
  type: "proxy_internal_error",
  reason: null,
  phase: "edge",
  codes: { cloudflare: 500, "cloudflare-1016": 500, rfc9209: 500, generic: 500 },
  before: async (gateway) => breakResolver(gateway),
});

describe("proxy_internal_error", () => {
  test("is said at error, with the whole cause and the ray id", async () => {
    await using gateway = await startGateway({ fixtures: ["good"] });
    breakResolver(gateway);

    await gateway.get();

    const { ray, level } = await gateway.line();
    const [message] = gateway.messages;
    expect(level).toBe(50);
    expect(message).toMatchObject({ level: 50, ray });
    expect(JSON.stringify(message)).toContain("a defect of ours");
    expect(JSON.stringify(message)).toContain("its cause");
  });

  test.each(["dns", "tcp", "tls"] as const)(
    "a code that nobody knows, in phase %s, is never guessed to be another's fault",
    (phase) => {
      const failure = classifyConnect(new PhaseError(phase, "ENEWCODE"));

      expect(failure).toMatchObject({ type: "proxy_internal_error", reason: null });
    },
  );

  test("an error that is none of connect's is the gateway's own", () => {
    const failure = classifyConnect(new TypeError("undefined is not a function"));

    expect(failure).toMatchObject({ type: "proxy_internal_error", requestSent: false });
  });
});
