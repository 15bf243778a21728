// TLS alerts about the course of the protocol itself: a message that is wrong, or an end without a failure.
// Numbers and names: IANA's registry of TLS alerts (RFC 8446 §6). Merged in tls-alert-received.ts.

import type { AlertFacts } from "../explanation.ts";

/** Reasons of `tls_alert_received`: the origin objects to a message, or ends the session. */
export const tlsProtocolAlerts = {
  close_notify: {
    alert: 0,
    title: "The origin ended the TLS session",
    whatHappened:
      "The origin sent close_notify (0): it closed the TLS session in the regular way, before the gateway had what it needed.",
    likelyCauses: [
      "The server shut down, or its worker ended.",
      "Its rules for this connection changed after it had accepted it.",
    ],
    howToCheck: [
      {
        text: "Make the handshake by hand and see where it ends.",
        command: "openssl s_client -connect {host}:{port} -servername {name} -state </dev/null",
      },
      { text: "Read the origin's own log at this time." },
    ],
    howToFix: ["Repair what makes the server close; its log says so."],
  },
  unexpected_message: {
    alert: 10,
    title: "The origin got a message that it did not expect",
    whatHappened:
      "The origin sent the alert unexpected_message (10): a TLS message came at the wrong moment.",
    likelyCauses: [
      "A device between gateway and origin drops, repeats or reorders parts of the handshake.",
      "The TLS code on one side has a defect.",
    ],
    howToCheck: [
      {
        text: "Watch the messages one by one.",
        command: "openssl s_client -connect {host}:{port} -servername {name} -msg </dev/null",
      },
    ],
    howToFix: [
      "Update the TLS library at the origin, or take the device on the way out of the path.",
    ],
  },
  bad_record_mac: {
    alert: 20,
    title: "The origin could not verify a record",
    whatHappened:
      "The origin sent the alert bad_record_mac (20): a record from the gateway arrived altered, or the two sides hold different keys.",
    likelyCauses: [
      "A device on the way, or network hardware that handles TLS or checksums, alters packets.",
      "The TLS code on one side has a defect.",
    ],
    howToCheck: [
      {
        text: "Repeat the request a few times, straight to the origin. Failures that come and go point at hardware or at a device on the way.",
        command: "curl -skv -o /dev/null {url}",
      },
    ],
    howToFix: [
      "Update the TLS library at the origin; turn off offloading on the network hardware as a test.",
    ],
  },
  record_overflow: {
    alert: 22,
    title: "The origin got a record that is too long",
    whatHappened:
      "The origin sent the alert record_overflow (22): the length of a TLS record was above what the protocol allows.",
    likelyCauses: [
      "Something wrote bytes that are not TLS into the connection, and they were read as a length.",
    ],
    howToCheck: [
      {
        text: "Watch the messages one by one.",
        command: "openssl s_client -connect {host}:{port} -servername {name} -msg </dev/null",
      },
    ],
    howToFix: [
      "Look for a device between gateway and origin that writes into the connection, and take it out of the path.",
    ],
  },
  illegal_parameter: {
    alert: 47,
    title: "The origin found a parameter that is not allowed",
    whatHappened:
      "The origin sent the alert illegal_parameter (47): a field in the handshake has a value that is out of range, or contradicts another.",
    likelyCauses: [
      "The TLS code at the origin is old, and stumbles over values that are newer than itself.",
      "A device on the way rewrites the handshake.",
    ],
    howToCheck: [
      {
        text: "Try TLS 1.2 alone. If this works, the origin has trouble with TLS 1.3.",
        command: "openssl s_client -connect {host}:{port} -servername {name} -tls1_2 </dev/null",
      },
    ],
    howToFix: ["Update the TLS library at the origin."],
  },
  decode_error: {
    alert: 50,
    title: "The origin could not read a message",
    whatHappened:
      "The origin sent the alert decode_error (50): a handshake message was cut short, or its form is wrong.",
    likelyCauses: [
      "A device on the way damages the handshake; some fail when its first message does not fit into one packet.",
      "The TLS code at the origin is old, or has a defect.",
    ],
    howToCheck: [
      {
        text: "Try from the origin's own machine. If it works there, something on the way is the cause.",
        command: "openssl s_client -connect {host}:{port} -servername {name} </dev/null",
      },
    ],
    howToFix: [
      "Update the TLS library at the origin, or take the device on the way out of the path.",
    ],
  },
  decrypt_error: {
    alert: 51,
    title: "A cryptographic check failed at the origin",
    whatHappened:
      "The origin sent the alert decrypt_error (51): a signature or a check value in the handshake did not verify.",
    likelyCauses: [
      "The key of the gateway's client certificate does not belong to the certificate.",
      "A device on the way altered the handshake.",
    ],
    howToCheck: [
      {
        text: "Compare the public key in the certificate with that of the key file (edge.pem and edge.key are the files). The two outputs must be the same.",
        command: "openssl x509 -in edge.pem -noout -pubkey; openssl pkey -in edge.key -pubout",
      },
    ],
    howToFix: ["Set clientCertificate to a certificate and the key that belongs to it."],
  },
  inappropriate_fallback: {
    alert: 86,
    title: "The origin takes the handshake for a downgrade",
    whatHappened:
      "The origin sent the alert inappropriate_fallback (86): the handshake offered a lower TLS version, marked as a second try, although the origin supports a higher one.",
    likelyCauses: [
      "A device between gateway and origin makes its own handshake, with an older version.",
    ],
    howToCheck: [
      {
        text: "Try from the origin's own machine. If it works there, something on the way is the cause.",
        command: "openssl s_client -connect {host}:{port} -servername {name} </dev/null",
      },
    ],
    howToFix: ["Take the device on the way out of the path, or update it."],
  },
  user_canceled: {
    alert: 90,
    title: "The origin cancelled the handshake",
    whatHappened:
      "The origin sent the alert user_canceled (90): it gave the handshake up for a reason that has nothing to do with the protocol.",
    likelyCauses: ["The server was shutting down."],
    howToCheck: [{ text: "Read the origin's own log at this time." }],
    howToFix: ["Try again. If it stays, look for what makes the server give up."],
  },
  no_renegotiation: {
    alert: 100,
    title: "The origin does not renegotiate",
    whatHappened:
      "The origin sent the alert no_renegotiation (100): it was asked for a new handshake on the same connection, and declined. TLS 1.3 has no renegotiation.",
    likelyCauses: [
      "Something on the way, or an old setting, asks for renegotiation in the middle of a connection.",
    ],
    howToCheck: [{ text: "Read the origin's own log at this time." }],
    howToFix: ["Use TLS 1.3 at the origin, which does without renegotiation."],
  },
  unsupported_extension: {
    alert: 110,
    title: "The origin found an extension where it does not belong",
    whatHappened:
      "The origin sent the alert unsupported_extension (110): a handshake message held an extension that it must not hold.",
    likelyCauses: [
      "A device on the way rewrites the handshake, or the TLS code on one side has a defect.",
    ],
    howToCheck: [
      {
        text: "Watch the messages one by one.",
        command: "openssl s_client -connect {host}:{port} -servername {name} -msg </dev/null",
      },
    ],
    howToFix: [
      "Update the TLS library at the origin, or take the device on the way out of the path.",
    ],
  },
  unknown_psk_identity: {
    alert: 115,
    title: "The origin does not know the pre-shared key",
    whatHappened:
      "The origin sent the alert unknown_psk_identity (115): it wants a pre-shared key (PSK), and does not know the one that was named, or got none.",
    likelyCauses: [
      "The port is for devices with pre-shared keys, not for web clients with certificates.",
    ],
    howToCheck: [
      {
        text: "See whether the origin offers a certificate at all.",
        command: "openssl s_client -connect {host}:{port} -servername {name} </dev/null",
      },
    ],
    howToFix: ["Use a port on which the origin speaks TLS with certificates."],
  },
} as const satisfies Record<string, AlertFacts>;
