import { describe, expect, test } from "vitest";

import { provoke, testFailureChain } from "../helpers/failure-chain.ts";
import { startGateway } from "../helpers/gateway.ts";

testFailureChain({
  fixture: "closes-silently",
  type: "connection_terminated",
  reason: "closed_before_response",
  phase: "http",
  codes: { cloudflare: 520, "cloudflare-1016": 520, rfc9209: 502, generic: 502 },
});

describe("connection_terminated", () => {
  test.each([
    ["closes-on-accept", "closed_before_response"],
    ["resets-on-accept", "reset_before_response"],
    ["resets-after-request", "reset_before_response"],
    ["closes-after-handshake", "closed_before_response"],
    ["tls-fin-after-request", "closed_before_response"],
    ["tls-reset-after-request", "reset_before_response"],
    ["interim-then-fin", "closed_before_response"],
    ["closes-during-upload", "closed_before_response"],
    ["resets-during-upload", "reset_before_response"],
    ["h2-fin-before-head", "closed_before_response"],
    ["h2-rst-before-head", "reset_before_response"],
    ["h2-ends-in-preface", "closed_before_response"],
    ["h2-reset-internal-error", "stream_reset"],
    ["h2-reset-cancel", "stream_reset"],
    ["h2-goaway-before-answer", "goaway"],
    ["h2-goaway-calm", "goaway"],
  ])("%s has the reason %s", async (fixture, reason) => {
    await using gateway = await startGateway({ fixtures: [fixture] });

    const { response, line } = await provoke(gateway, { fixture, type: "connection_terminated" });

    expect(response.status).toBe(520);
    expect(line).toMatchObject({ reason, late: false, retries: 0 });
  });

  test.each(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])(
    "%s is sent again, once, when a kept connection dies",
    async (method) => {
      await using gateway = await startGateway({ fixtures: ["dies-on-reuse-rst"] });
      await gateway.get();
      await gateway.line();

      const response = await gateway.request({ method, target: "/again" });

      expect(response.status).toBe(200);
      expect(await gateway.line((line) => line["path"] === "/again")).toMatchObject({
        retries: 1,
        reused: false,
        failure: null,
      });
      expect(await gateway.metric("edgecase_failures_total")).toBe(0);
    },
  );

  test.each([
    ["POST", 0],
    ["POST", 1_000],
    ["PATCH", 10],
  ])(
    "%s with %i bytes is not sent again: the origin may have acted on it",
    async (method, bodyBytes) => {
      await using gateway = await startGateway({ fixtures: ["dies-on-reuse-rst"] });
      await gateway.get();
      await gateway.line();

      const response = await gateway.request({ method, target: "/again", bodyBytes });

      expect(response.status).toBe(520);
      expect(await gateway.line((line) => line["path"] === "/again")).toMatchObject({
        failure: "connection_terminated",
        reason: "closed_on_reuse",
        retries: 0,
        reused: true,
      });
      expect(gateway.requestsSeen("dies-on-reuse-rst")).toBe(2);
    },
  );

  test("the second try is the last", async () => {
    await using gateway = await startGateway({ fixtures: ["dies-on-reuse-always"] });

    const { response, line } = await provoke(gateway, {
      fixture: "dies-on-reuse-always",
      type: "connection_terminated",
    });

    expect(response.status).toBe(520);
    expect(line).toMatchObject({ retries: 1, reused: false });
    expect(await gateway.metric("edgecase_failures_total")).toBe(1);
  });

  test("a fresh connection that dies is not tried again, nor another origin once the request was sent", async () => {
    await using gateway = await startGateway({ fixtures: ["failover-after-sent"] });

    const { response, line } = await provoke(gateway, {
      fixture: "failover-after-sent",
      type: "connection_terminated",
    });

    expect(response.status).toBe(520);
    expect(line["retries"]).toBe(0);
  });

  test.each([
    ["h2-reset-internal-error", ["RST_STREAM", "INTERNAL_ERROR"]],
    ["h2-goaway-calm", ["GOAWAY", "ENHANCE_YOUR_CALM", "too_many_pings"]],
  ])("%s says so, with the name of the HTTP/2 error", async (fixture, names) => {
    await using gateway = await startGateway({ fixtures: [fixture] });

    const { response, line } = await provoke(gateway, { fixture, type: "connection_terminated" });

    const page = response.body.toString();
    expect(names.filter((name) => !String(line["detail"]).includes(name))).toEqual([]);
    expect(names.filter((name) => !page.includes(name))).toEqual([]);
  });
});
