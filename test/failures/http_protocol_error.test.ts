import { describe, expect, test } from "vitest";

import { testFailureChain, textOf } from "../helpers/failure-chain.ts";
import { startGateway } from "../helpers/gateway.ts";
import { field } from "../helpers/raw-client.ts";

testFailureChain({
  fixture: "random-bytes",
  type: "http_protocol_error",
  reason: "not_http",
  phase: "http",
  codes: { cloudflare: 520, "cloudflare-1016": 520, rfc9209: 502, generic: 502 },
});

describe("http_protocol_error", () => {
  test.each([
    ["http2-only", "http2_only"],
    ["http2-without-alpn", "http2_only"],
    ["bad-version", "bad_status_line"],
    ["status-99", "bad_status_line"],
    ["status-four-digits", "bad_status_line"],
    ["status-missing", "bad_status_line"],
    ["field-without-colon", "bad_header"],
    ["nul-in-value", "bad_header"],
    ["obs-fold", "bad_header"],
    ["content-length-twice-differing", "bad_framing"],
    ["content-length-with-chunked", "bad_framing"],
    ["content-length-negative", "bad_framing"],
    ["unasked-101", "unexpected_upgrade"],
    ["h2-status-999", "bad_status_line"],
    ["h2-ssh", "not_http"],
    ["h2-garbage", "http2_error"],
    ["h2-http1-after-alpn", "http2_error"],
    ["h2-upper-case-name", "http2_error"],
    ["h2-status-missing", "http2_error"],
    ["h2-hpack-garbage", "http2_error"],
    ["h2-push-promise", "http2_error"],
    ["h2-data-before-head", "http2_error"],
    ["h2-ping-flood", "http2_error"],
  ])("%s has the reason %s", async (fixture, reason) => {
    await using gateway = await startGateway({ fixtures: [fixture] });

    const response = await gateway.get();

    expect(response.status).toBe(520);
    expect(field(response, "proxy-status")).toContain(
      `edgecase; error=http_protocol_error; details="${reason}"`,
    );
    expect(await gateway.line()).toMatchObject({
      failure: "http_protocol_error",
      reason,
      phase: "http",
      late: false,
    });
  });

  test.each([
    ["postgres", "PostgreSQL"],
    ["ssh", "SSH"],
    ["smtp", "SMTP"],
    ["redis", "Redis"],
    ["mysql", "MySQL"],
    ["memcached", "memcached"],
    ["amqp", "AMQP"],
    ["tls-on-plain-port", "TLS"],
    ["http2-only", "HTTP/2"],
    ["http09", "HTML without a head"],
    ["h2-http1-only", "HTTP/1.1"],
    ["h2-http1-after-alpn", "HTTP/1.1"],
    ["h2-ssh", "SSH"],
  ])("the page says what %s looks like: %s", async (fixture, protocol) => {
    await using gateway = await startGateway({ fixtures: [fixture] });

    const response = await gateway.get("/", [["Accept", "text/html"]]);

    expect(textOf(response.body.toString())).toContain(`looks like ${protocol}`);
  });

  test.each([
    ["h2-hpack-garbage", "COMPRESSION_ERROR"],
    ["h2-upper-case-name", "PROTOCOL_ERROR"],
    ["h2-ping-flood", "ENHANCE_YOUR_CALM"],
  ])("%s is told with the HTTP/2 error %s", async (fixture, name) => {
    await using gateway = await startGateway({ fixtures: [fixture] });

    await gateway.get();

    expect((await gateway.line())["detail"]).toContain(`(${name}`);
  });
});
