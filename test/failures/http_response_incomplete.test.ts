import { describe, expect, test } from "vitest";

import { provoke, testFailureChain } from "../helpers/failure-chain.ts";
import { startGateway } from "../helpers/gateway.ts";

testFailureChain({
  fixture: "ends-in-header",
  type: "http_response_incomplete",
  reason: "closed_early",
  phase: "http",
  codes: { cloudflare: 520, "cloudflare-1016": 520, rfc9209: 502, generic: 502 },
});

describe("http_response_incomplete", () => {
  test.each([
    ["ends-in-status-line", "closed_early"],
    ["resets-in-header", "reset_early"],
    ["resets-in-header-at-once", "reset_early"],
    ["dies-on-reuse-after-part", "closed_early"],
  ])("%s breaks off in the head, and has the reason %s", async (fixture, reason) => {
    await using gateway = await startGateway({ fixtures: [fixture] });

    const { response, line } = await provoke(gateway, {
      fixture,
      type: "http_response_incomplete",
    });

    expect(response).toMatchObject({ status: 520, ending: "complete" });
    expect(line).toMatchObject({ reason, phase: "http", late: false, retries: 0 });
  });

  test.each([
    ["content-length-too-short-fin", "closed_early"],
    ["content-length-too-short-rst", "reset_early"],
    ["content-length-too-short-at-once", "closed_early"],
    ["content-length-too-short-rst-at-once", "reset_early"],
    ["chunk-cut-fin", "closed_early"],
    ["chunk-cut-rst", "reset_early"],
    ["chunk-missing-last", "closed_early"],
    ["close-delimited-rst", "reset_early"],
    ["close-delimited-rst-at-once", "reset_early"],
    ["tls-fin-in-body", "closed_early"],
    ["tls-reset-in-body", "reset_early"],
    ["tls-close-delimited-rst-at-once", "reset_early"],
    ["body-stalls", "stalled"],
    ["body-stalls-chunked", "stalled"],
    ["head-then-silence", "stalled"],
    ["h2-reset-after-head", "stream_reset"],
    ["h2-reset-in-content", "stream_reset"],
    ["h2-reset-no-error", "stream_reset"],
    ["h2-fin-in-content", "closed_early"],
    ["h2-rst-in-content", "reset_early"],
    ["h2-content-too-short", "closed_early"],
    ["h2-stalls-in-content", "stalled"],
  ])(
    "%s breaks off in the content: the client is cut off, and it is counted late, as %s, and as no error",
    async (fixture, reason) => {
      await using gateway = await startGateway({
        fixtures: [fixture],
        timeouts: { bodyIdleMs: 200 },
      });

      const response = await gateway.get();

      expect(response).toMatchObject({ status: 200, ending: "truncated" });
      expect(await gateway.line()).toMatchObject({
        failure: "http_response_incomplete",
        reason,
        late: true,
        status: 200,
        originStatus: 200,
      });
      expect(
        await gateway.metric("edgecase_failures_total", {
          failure: "http_response_incomplete",
          reason,
          late: "true",
        }),
      ).toBe(1);
      expect(await gateway.metric("edgecase_requests_total", { status: "200" })).toBe(1);
      expect(await gateway.metric("edgecase_errors_total")).toBe(0);
    },
  );

  test("a client of HTTP/1.0, which has no chunks to miss, is reset", async () => {
    await using gateway = await startGateway({ fixtures: ["chunk-cut-fin"] });

    const response = await gateway.request({ version: "1.0" });

    expect(response.wasReset).toBe(true);
    expect(await gateway.line()).toMatchObject({ failure: "http_response_incomplete", late: true });
  });

  test("a client is reset, too, where the content ends with the connection", async () => {
    await using gateway = await startGateway({ fixtures: ["close-delimited-rst"] });

    const response = await gateway.request({ version: "1.0" });

    expect(response.wasReset).toBe(true);
  });
});
