import { describe, expect, test } from "vitest";

import { testFailureChain, textOf } from "../helpers/failure-chain.ts";
import { startGateway } from "../helpers/gateway.ts";
import { field } from "../helpers/raw-client.ts";

testFailureChain({
  fixture: "expired",
  type: "tls_certificate_error",
  reason: "expired",
  phase: "tls",
  codes: { cloudflare: 526, "cloudflare-1016": 526, rfc9209: 502, generic: 502 },
});

describe("tls_certificate_error", () => {
  test.each([
    ["not-yet-valid", "not_yet_valid"],
    ["expired-intermediate", "expired"],
    ["expired-wrong-host", "expired"],
    ["self-signed", "self_signed"],
    ["untrusted-root", "untrusted_root"],
    ["untrusted-root-not-sent", "untrusted_root"],
    ["incomplete-chain", "incomplete_chain"],
    ["bad-signature", "bad_signature"],
    ["signature-tampered", "bad_signature"],
    ["wrong-host", "wrong_host"],
    ["right-cn-wrong-san", "wrong_host"],
    ["wildcard-too-deep", "wrong_host"],
    ["wrong-purpose", "wrong_purpose"],
    ["not-a-ca", "wrong_purpose"],
    ["weak-key", "weak_key"],
    ["sha1-signature", "weak_signature"],
  ])("%s has the reason %s, and nothing is sent", async (fixture, reason) => {
    await using gateway = await startGateway({ fixtures: [fixture] });

    const response = await gateway.get();

    expect(field(response, "proxy-status")).toContain(
      `edgecase; error=tls_certificate_error; details="${reason}"`,
    );
    expect(await gateway.line()).toMatchObject({
      failure: "tls_certificate_error",
      reason,
      phase: "tls",
      status: 526,
    });
    expect(gateway.requestsSeen(fixture)).toBe(0);
  });

  test.each(["expired", "self-signed", "wrong-host", "untrusted-root"])(
    "ssl: full takes %s as it is",
    async (fixture) => {
      await using gateway = await startGateway({ fixtures: [fixture], zone: { ssl: "full" } });

      const response = await gateway.get();

      expect(response.status).toBe(200);
    },
  );

  test("the page shows whose certificate it is, who issued it, and from when to when it is valid", async () => {
    await using gateway = await startGateway({ fixtures: ["expired"] });

    const response = await gateway.get("/", [["Accept", "text/html"]]);

    const text = textOf(response.body.toString());
    expect(text).toContain("Certificate of origin.zoo.test");
    expect(text).toMatch(/Issuer CN=Edgecase Zoo Root/);
    expect(text).toMatch(/Valid to \w{3} +\d+ [\d:]+ \d{4} GMT/);
  });
});
