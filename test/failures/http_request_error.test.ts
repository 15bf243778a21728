import { describe, expect, test } from "vitest";

import { testFailureChain } from "../helpers/failure-chain.ts";
import { startGateway } from "../helpers/gateway.ts";
import { field } from "../helpers/raw-client.ts";

testFailureChain({
  fixture: "good",
  type: "http_request_error",
  reason: "content_too_large",
  phase: "edge",
  codes: { cloudflare: 413, "cloudflare-1016": 413, rfc9209: 413, generic: 413 },
  config: { limits: { bodyBytes: 1_000 } },
  request: { method: "POST", bodyBytes: 1_001 },
});

describe("http_request_error", () => {
  test.each([
    ["uri_too_long", 414, { target: `/${"a".repeat(100)}` }],
    ["header_section_too_large", 431, { headers: [["X", "a".repeat(600)]] }],
    ["content_too_large", 413, { method: "POST", bodyBytes: 1_001 }],
    ["bad_target", 400, { target: "/100%" }],
    ["bad_host", 400, { host: "a@b" }],
  ] as const)("%s is a %i that names no origin", async (reason, status, request) => {
    await using gateway = await startGateway({
      fixtures: ["good"],
      limits: { urlBytes: 100, requestHeaderBytes: 500, bodyBytes: 1_000 },
    });

    const response = await gateway.request(request);

    expect({ status: response.status, ending: response.ending }).toEqual({
      status,
      ending: "complete",
    });
    expect(field(response, "proxy-status")).toBe(
      `edgecase; error=http_request_error; details="${reason}"; status-code=${status}`,
    );
    expect(gateway.requestsSeen("good")).toBe(0);
    const labels = { origin: "", phase: "edge", failure: "http_request_error", reason };
    expect(await gateway.metric("edgecase_failures_total", labels)).toBe(1);
    expect(await gateway.metric("edgecase_errors_total", { code: String(status) })).toBe(1);
  });

  test("its page blames the request, and no origin", async () => {
    await using gateway = await startGateway({ fixtures: ["good"] });

    const response = await gateway.get("/100%", [["Accept", "text/html"]]);

    const page = response.body.toString();
    expect(page).toContain("refused the request");
    expect(page).toContain("Nothing of the request was sent to the origin.");
    expect(page).toContain("no origin is to blame");
    expect(page).not.toContain("The origin sent no response");
  });

  test("a row of a profile of one's own goes before the one that ships", async () => {
    await using gateway = await startGateway({
      fixtures: ["good"],
      profiles: {
        mine: {
          extends: "cloudflare",
          codes: { "http_request_error/bad_target": { status: 422 } },
        },
      },
      errors: { profile: "mine" },
    });

    const response = await gateway.get("/100%");

    expect(response.status).toBe(422);
  });
});
