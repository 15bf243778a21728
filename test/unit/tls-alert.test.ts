import { describe, expect, test } from "vitest";

import { alertName } from "../../src/classify/tls-alert.ts";

describe("OpenSSL's code for an alert", () => {
  test.each([
    ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "handshake_failure"],
    ["ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE", "handshake_failure"],
    ["ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED", "certificate_expired"],
    ["ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE", "bad_certificate"],
    ["ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC", "bad_record_mac"],
    ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "protocol_version"],
    ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "unknown_ca"],
    ["ERR_SSL_TLSV1_ALERT_ACCESS_DENIED", "access_denied"],
    ["ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL", "no_application_protocol"],
    ["ERR_SSL_TLSV1_UNRECOGNIZED_NAME", "unrecognized_name"],
    ["ERR_SSL_TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE", "bad_certificate_status_response"],
    ["ERR_SSL_TLSV1_UNSUPPORTED_EXTENSION", "unsupported_extension"],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "certificate_required"],
    ["ERR_SSL_TLSV13_ALERT_MISSING_EXTENSION", "missing_extension"],
    ["ERR_SSL_TLSV1_ALERT_USER_CANCELLED", "user_canceled"],
  ])("%s is %s", (code, name) => {
    expect(alertName(code)).toBe(name);
  });

  test.each([
    "ERR_SSL_WRONG_VERSION_NUMBER",
    "ERR_SSL_UNSUPPORTED_PROTOCOL",
    "ERR_SSL_TLSV1_ALERT_SOMETHING_NEW",
    "ERR_SSL_TLSV1_ALERT_",
    "ERR_SSL_SSLV3_ALERT_CONSTRUCTOR",
    "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE_",
    "ERR_SSL_HANDSHAKE_FAILURE",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "CERT_HAS_EXPIRED",
    "ECONNRESET",
    "EPROTO",
    "",
  ])("%j is no alert", (code) => {
    expect(alertName(code)).toBeNull();
  });
});
