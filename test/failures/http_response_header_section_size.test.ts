import { describe, expect, test } from "vitest";

import type { ZooContext } from "../../fixtures/fixture.ts";
import * as h2 from "../../fixtures/http2-frames.ts";
import { startHttp2 } from "../../fixtures/http2-origin.ts";
import { testFailureChain } from "../helpers/failure-chain.ts";
import { startGateway, startGatewayOn } from "../helpers/gateway.ts";

testFailureChain({
  fixture: "header-129kb",
  type: "http_response_header_section_size",
  reason: null,
  phase: "http",
  codes: { cloudflare: 520, "cloudflare-1016": 520, rfc9209: 502, generic: 502 },
});

describe("http_response_header_section_size", () => {
  test.each([
    "header-200kb",
    "header-section-200kb-many",
    "header-endless",
    "header-endless-fields",
    "interim-flood",
    "h2-header-200kb",
    "h2-header-140kb-many",
    "h2-continuation-endless",
    "h2-interim-flood",
  ])("%s is too large", async (fixture) => {
    await using gateway = await startGateway({ fixtures: [fixture] });

    const response = await gateway.get();

    expect(response.status).toBe(520);
    expect(await gateway.line()).toMatchObject({
      failure: "http_response_header_section_size",
      phase: "http",
    });
  });

  test("a field of 200 KB over HTTP/2 is too large from its first frame on, whenever the others come", async () => {
    const fields = h2.ok(1, [["x-big", "x".repeat(200 * 1_024)]]);
    const firstFrame = fields.subarray(0, 9 + 16_384);
    const zoo = { hostName: "localhost" } as ZooContext;
    const origin = await startHttp2(zoo, { onRequest: (socket) => socket.write(firstFrame) });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.origin], h2c: true }],
    });

    await gateway.get();
    await origin.close();

    expect(await gateway.line()).toMatchObject({ failure: "http_response_header_section_size" });
  });

  test.each(["header-20kb", "header-70kb", "header-127kb", "h2-header-125kb"])(
    "%s is not",
    async (fixture) => {
      await using gateway = await startGateway({ fixtures: [fixture] });

      const response = await gateway.get();

      expect(response.status).toBe(200);
    },
  );

  test("limits.responseHeaderBytes is where it begins", async () => {
    await using gateway = await startGateway({
      fixtures: ["header-20kb"],
      limits: { responseHeaderBytes: 10_000 },
    });

    const response = await gateway.get();

    expect(response.status).toBe(520);
    expect(await gateway.line()).toMatchObject({ failure: "http_response_header_section_size" });
  });

  test.each(["trailer-200kb", "h2-trailer-200kb"])("%s is counted late", async (fixture) => {
    await using gateway = await startGateway({ fixtures: [fixture] });

    const response = await gateway.get();

    expect(response).toMatchObject({ status: 200, ending: "truncated" });
    expect(await gateway.line()).toMatchObject({
      failure: "http_response_header_section_size",
      late: true,
    });
  });
});
