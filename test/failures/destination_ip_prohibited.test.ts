import { describe, expect, test } from "vitest";

import { testFailureChain } from "../helpers/failure-chain.ts";
import { startGateway, startGatewayOn, type TestGateway } from "../helpers/gateway.ts";

testFailureChain({
  fixture: "prohibited-address",
  type: "destination_ip_prohibited",
  reason: null,
  phase: "tcp",
  codes: { cloudflare: 1000, "cloudflare-1016": 1000, rfc9209: 502, generic: 502 },
});

/** A gateway whose only origin is the gateway itself. Its port is known only when it listens, so the origin gets it then. */
async function startBeforeItself(origin: string): Promise<TestGateway> {
  const gateway = await startGatewayOn({ zones: [{ hosts: ["loop.test"], origins: [origin] }] });
  const target = gateway.gateway.zones[0]?.origins[0]?.connections[0]?.target as { port: number };
  target.port = gateway.port;
  return gateway;
}

describe("destination_ip_prohibited", () => {
  test("::, as an address of the origin's name, is prohibited too", async () => {
    await using gateway = await startGateway({ fixtures: ["prohibited-address-ipv6"] });
    const isLeftOut = gateway.zoo.leftOut.length > 0;

    const response = isLeftOut ? null : await gateway.get();

    expect(response?.status ?? 403).toBe(403);
  });

  test("an origin that is the gateway's own address is never dialled", async () => {
    await using gateway = await startBeforeItself("http://127.0.0.1:1");

    const response = await gateway.get();

    expect(response.status).toBe(403);
    expect(await gateway.line()).toMatchObject({
      failure: "destination_ip_prohibited",
      code: 1000,
      originIp: "",
      tcpMs: null,
    });
    expect(gateway.lines.length).toBe(1);
  });

  test.each([
    "http://127.1:1",
    "http://2130706433:1",
    "http://0x7f.0.0.1:1",
    "http://[::ffff:127.0.0.1]:1",
  ])("the gateway's own address is recognised as %s", async (origin) => {
    await using gateway = await startBeforeItself(origin);

    const response = await gateway.get();

    expect(response.status).toBe(403);
    expect(gateway.lines.length).toBe(1);
  });
});
