import { describe, expect, test } from "vitest";

import { testFailureChain } from "../helpers/failure-chain.ts";
import { startGateway } from "../helpers/gateway.ts";
import { field } from "../helpers/raw-client.ts";

testFailureChain({
  fixture: "alert-handshake-failure",
  type: "tls_alert_received",
  reason: "handshake_failure",
  phase: "tls",
  codes: { cloudflare: 525, "cloudflare-1016": 525, rfc9209: 502, generic: 502 },
});

describe("tls_alert_received", () => {
  test.each([
    ["alert-handshake-failure", "handshake_failure", 40],
    ["alert-unrecognized-name", "unrecognized_name", 112],
    ["alert-protocol-version", "protocol_version", 70],
    ["alert-insufficient-security", "insufficient_security", 71],
    ["alert-no-application-protocol", "no_application_protocol", 120],
    ["alert-inappropriate-fallback", "inappropriate_fallback", 86],
    ["alert-access-denied", "access_denied", 49],
    ["alert-bad-certificate", "bad_certificate", 42],
    ["alert-unknown-ca", "unknown_ca", 48],
    ["alert-certificate-revoked", "certificate_revoked", 44],
    ["alert-illegal-parameter", "illegal_parameter", 47],
    ["alert-decode-error", "decode_error", 50],
    ["alert-unexpected-message", "unexpected_message", 10],
    ["alert-missing-extension", "missing_extension", 109],
    ["alert-unsupported-extension", "unsupported_extension", 110],
    ["alert-internal-error", "internal_error", 80],
    ["alert-user-canceled", "user_canceled", 90],
    ["alert-after-request", "bad_record_mac", 20],
    ["client-certificate-required-1-2", "handshake_failure", 40],
    ["client-certificate-required-1-3", "certificate_required", 116],
  ])(
    "%s is told by its registered name, %s, and its number, %i",
    async (fixture, reason, alert) => {
      await using gateway = await startGateway({ fixtures: [fixture] });

      const response = await gateway.get();

      const proxyStatus = field(response, "proxy-status");
      expect(proxyStatus).toMatch(/^edgecase; error=tls_alert_received; /);
      expect(proxyStatus).toContain(`; alert-id=${alert}; alert-message="${reason}"`);
      expect(await gateway.line()).toMatchObject({
        failure: "tls_alert_received",
        reason,
        phase: "tls",
        status: 525,
      });
    },
  );
});
