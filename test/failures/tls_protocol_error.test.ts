import { describe, expect, test } from "vitest";

import { brokenSteps, testFailureChain } from "../helpers/failure-chain.ts";
import { startGateway } from "../helpers/gateway.ts";
import { field } from "../helpers/raw-client.ts";

testFailureChain({
  fixture: "plain-http-on-tls-port",
  type: "tls_protocol_error",
  reason: "not_tls",
  phase: "tls",
  codes: { cloudflare: 525, "cloudflare-1016": 525, rfc9209: 502, generic: 502 },
});

describe("tls_protocol_error", () => {
  test.each([
    ["ssh-on-tls-port", "not_tls"],
    ["postgres-on-tls-port", "not_tls"],
    ["garbage-on-tls-port", "not_tls"],
    ["server-picks-tls-1-0", "version_mismatch"],
    ["server-picks-other-cipher", "no_shared_cipher"],
    ["closed-in-handshake", "closed_in_handshake"],
    ["closes-before-hello", "closed_in_handshake"],
    ["reset-in-handshake", "reset_in_handshake"],
    ["resets-before-hello", "reset_in_handshake"],
    ["handshake-hangs", "handshake_timeout"],
    ["handshake-hangs-midway", "handshake_timeout"],
    ["bad-record-in-handshake", "bad_record"],
    ["bad-record-after-handshake", "bad_record"],
    ["plain-http-after-handshake", "bad_record"],
  ])("%s has the reason %s", async (fixture, reason) => {
    await using gateway = await startGateway({
      fixtures: [fixture],
      timeouts: { handshakeMs: 200 },
    });

    const response = await gateway.get();

    expect(response.status).toBe(525);
    expect(field(response, "proxy-status")).toContain(
      `edgecase; error=tls_protocol_error; details="${reason}"`,
    );
    expect(await gateway.line()).toMatchObject({
      failure: "tls_protocol_error",
      reason,
      phase: "tls",
      late: false,
    });
  });

  test("comes after handshakeMs where the origin says nothing", async () => {
    await using gateway = await startGateway({
      fixtures: ["handshake-hangs"],
      timeouts: { handshakeMs: 150 },
    });

    await gateway.get();

    const { tlsMs } = await gateway.line();
    expect(tlsMs).toBeGreaterThanOrEqual(145);
    expect(tlsMs).toBeLessThan(600);
  });

  test("a record that breaks in the content cuts the client off, and is counted late", async () => {
    await using gateway = await startGateway({ fixtures: ["bad-record-in-body"] });

    const response = await gateway.get();

    expect(response).toMatchObject({ status: 200, ending: "truncated" });
    expect(await gateway.line()).toMatchObject({
      failure: "tls_protocol_error",
      reason: "bad_record",
      late: true,
    });
    expect(await gateway.metric("edgecase_errors_total")).toBe(0);
  });

  test("the page lets DNS and TCP pass, and marks TLS alone", async () => {
    await using gateway = await startGateway({ fixtures: ["closed-in-handshake"] });

    const response = await gateway.get("/", [["Accept", "text/html"]]);

    const page = response.body.toString();
    expect(
      [...page.matchAll(/<li class="(\w+)">[^]*?<b>(\w+)<\/b>/g)].map(
        ([, state, name]) => `${name} ${state}`,
      ),
    ).toEqual(["Client ok", "Edge ok", "DNS ok", "TCP ok", "TLS broken", "HTTP unreached"]);
    expect(brokenSteps(page)).toEqual(["TLS"]);
  });
});
