// TLS alerts that current versions no longer send, but that are still registered and can come from a very old origin.
// Numbers and names: IANA's registry of TLS alerts (RFC 8446 §6.2, appendix B.2). Merged in tls-alert-received.ts.

import type { AlertFacts } from "../explanation.ts";

/** Reasons of `tls_alert_received`: alerts that TLS 1.3 has reserved. */
export const tlsRetiredAlerts = {
  decryption_failed: {
    alert: 21,
    title: "The origin could not decrypt a record",
    whatHappened:
      "The origin sent the alert decryption_failed (21): it could not decrypt a record. Only early versions of TLS used this alert; current ones send bad_record_mac instead.",
    likelyCauses: ["The origin runs a very old TLS library, and a record arrived altered."],
    howToCheck: [
      {
        text: "See which version the origin chooses.",
        command: "openssl s_client -connect {host}:{port} -servername {name} </dev/null",
      },
    ],
    howToFix: ["Update the server and its TLS library."],
  },
  decompression_failure: {
    alert: 30,
    title: "The origin could not decompress a record",
    whatHappened:
      "The origin sent the alert decompression_failure (30): a compressed TLS record could not be expanded. Compression in TLS is unsafe, and TLS 1.3 does not have it.",
    likelyCauses: ["The origin runs an old TLS library, or something on the way altered a record."],
    howToCheck: [
      {
        text: "Read the line “Compression”; it should say NONE.",
        command: "openssl s_client -connect {host}:{port} -servername {name} </dev/null",
      },
    ],
    howToFix: ["Turn off TLS compression at the origin, and update its TLS library."],
  },
  no_certificate: {
    alert: 41,
    title: "No client certificate (SSL 3.0)",
    whatHappened:
      "The origin sent the alert no_certificate (41). It belongs to SSL 3.0, where a client used it to say that it has no certificate. No current version of TLS uses it.",
    likelyCauses: ["The origin runs a very old or a faulty TLS implementation."],
    howToCheck: [
      {
        text: "See which version the origin chooses.",
        command: "openssl s_client -connect {host}:{port} -servername {name} </dev/null",
      },
    ],
    howToFix: [
      "Update the server and its TLS library. If it wants a client certificate, set clientCertificate.",
    ],
  },
  export_restriction: {
    alert: 60,
    title: "Export restriction (obsolete)",
    whatHappened:
      "The origin sent the alert export_restriction (60). It belongs to the export ciphers of the 1990s, which no current software offers.",
    likelyCauses: ["The origin runs a very old or a faulty TLS implementation."],
    howToCheck: [
      {
        text: "List what the origin offers.",
        command: "nmap --script ssl-enum-ciphers -p {port} {host}",
      },
    ],
    howToFix: ["Update the server and its TLS library."],
  },
  certificate_unobtainable: {
    alert: 111,
    title: "The origin could not fetch the client certificate",
    whatHappened:
      "The origin sent the alert certificate_unobtainable (111): it was given a URL in place of a client certificate and could not fetch it. TLS 1.3 no longer has this (RFC 6066 §5).",
    likelyCauses: ["The origin uses a rare, outdated extension of TLS for client certificates."],
    howToCheck: [{ text: "Read the origin's own log and its rules for client certificates." }],
    howToFix: ["Set clientCertificate, and turn the extension off at the origin."],
  },
  bad_certificate_hash_value: {
    alert: 114,
    title: "The fetched client certificate is another one",
    whatHappened:
      "The origin sent the alert bad_certificate_hash_value (114): a client certificate that it fetched from a URL does not match the hash it was given. TLS 1.3 no longer has this (RFC 6066 §5).",
    likelyCauses: ["The origin uses a rare, outdated extension of TLS for client certificates."],
    howToCheck: [{ text: "Read the origin's own log and its rules for client certificates." }],
    howToFix: ["Set clientCertificate, and turn the extension off at the origin."],
  },
} as const satisfies Record<string, AlertFacts>;
