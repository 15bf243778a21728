import { describe, expect, test } from "vitest";

import { provoke, testFailureChain } from "../helpers/failure-chain.ts";
import { startGateway } from "../helpers/gateway.ts";

testFailureChain({
  fixture: "never-reads-upload",
  type: "connection_write_timeout",
  reason: null,
  phase: "http",
  codes: { cloudflare: 524, "cloudflare-1016": 524, rfc9209: 504, generic: 502 },
  config: { timeouts: { writeMs: 120 } },
});

describe("connection_write_timeout", () => {
  test("an origin that reads, however slowly, has as long as it takes", async () => {
    await using gateway = await startGateway({
      fixtures: ["reads-slowly"],
      timeouts: { writeMs: 2_000 },
    });
    const { method, bodyBytes } = gateway.zoo.members[0]?.fixture.request ?? {};

    const response = await gateway.request({
      ...(method && { method }),
      ...(bodyBytes && { bodyBytes }),
    });

    expect(response.status).toBe(200);
  });

  test("the line tells how much of the upload came as far as the gateway", async () => {
    await using gateway = await startGateway({
      fixtures: ["never-reads-upload"],
      timeouts: { writeMs: 120 },
    });

    const { line } = await provoke(gateway, {
      fixture: "never-reads-upload",
      type: "connection_write_timeout",
    });

    expect(line["requestBytes"]).toBeGreaterThan(0);
    expect(line["requestBytes"]).toBeLessThan(20_000_000);
  });

  test.each(["h2-window-never-opens", "h2-window-never-opens-small"])(
    "%s: an HTTP/2 origin that gives no leave to send is given up",
    async (fixture) => {
      await using gateway = await startGateway({ fixtures: [fixture], timeouts: { writeMs: 200 } });

      const { response } = await provoke(gateway, { fixture, type: "connection_write_timeout" });

      expect(response.status).toBe(524);
    },
  );

  test("an HTTP/2 origin that gives leave by a little at a time has as long as it takes", async () => {
    await using gateway = await startGateway({
      fixtures: ["h2-reads-slowly"],
      timeouts: { writeMs: 300 },
    });

    await gateway.request({ method: "POST", bodyBytes: 1 });
    const response = await gateway.request({ method: "POST", bodyBytes: 40_000 });

    expect(response.status).toBe(200);
  });
});
