import { describe, expect, test } from "vitest";

import { field } from "../helpers/raw-client.ts";
import { testFailureChain } from "../helpers/failure-chain.ts";
import { startGateway } from "../helpers/gateway.ts";

testFailureChain({
  fixture: "nxdomain",
  type: "dns_error",
  reason: "nxdomain",
  phase: "dns",
  codes: { cloudflare: 523, "cloudflare-1016": 1016, rfc9209: 502, generic: 502 },
});

describe("dns_error", () => {
  test.each([
    ["nxdomain", "nxdomain"],
    ["cname-to-nowhere", "nxdomain"],
    ["no-address", "no_address"],
    ["cname-to-no-address", "no_address"],
    ["servfail", "servfail"],
    ["a-servfail", "servfail"],
    ["refused-by-resolver", "refused"],
    ["notimp", "refused"],
    ["malformed-answer", "malformed"],
    ["compression-loop", "malformed"],
    ["cut-short-answer", "malformed"],
    ["formerr", "malformed"],
  ])("%s has the reason %s", async (fixture, reason) => {
    await using gateway = await startGateway({ fixtures: [fixture] });

    const response = await gateway.get();

    expect(field(response, "proxy-status")).toContain(
      `edgecase; error=dns_error; details="${reason}"`,
    );
    expect(await gateway.line()).toMatchObject({
      failure: "dns_error",
      reason,
      phase: "dns",
      status: 523,
      originIp: "",
      tcpMs: null,
    });
    expect(await gateway.metric("edgecase_failures_total", { failure: "dns_error", reason })).toBe(
      1,
    );
  });

  test("a resolver that is not there has the reason resolver_unreachable", async () => {
    await using gateway = await startGateway({
      fixtures: ["nxdomain"],
      zone: { dns: { servers: ["127.0.0.1:1"] } },
    });

    await gateway.get();

    expect(await gateway.line()).toMatchObject({
      failure: "dns_error",
      reason: "resolver_unreachable",
      status: 523,
    });
  });

  test("is not remembered: each request asks the resolver anew", async () => {
    await using gateway = await startGateway({ fixtures: ["nxdomain"] });

    await gateway.get();
    await gateway.get();

    expect(
      await gateway.metric("edgecase_failures_total", { failure: "dns_error", reason: "nxdomain" }),
    ).toBe(2);
  });
});
