// TLS alerts about the client certificate: coming from an origin, they mean the gateway's own.
// Numbers and names: IANA's registry of TLS alerts (RFC 8446 §6). Merged in tls-alert-received.ts.

import type { AlertFacts } from "../explanation.ts";

/** Reasons of `tls_alert_received`: the origin judges the gateway's client certificate. */
export const tlsClientCertificateAlerts = {
  bad_certificate: {
    alert: 42,
    title: "The origin calls the client certificate bad",
    whatHappened:
      "The origin sent the alert bad_certificate (42) about the gateway's client certificate: it is missing, damaged, or its signature does not verify.",
    likelyCauses: [
      "With TLS 1.2, some servers (those written in Go, for example) answer this way when they demand a client certificate and get none.",
      "The client certificate was not issued by the authority that the origin expects.",
      "The file is damaged, or the chain in it is incomplete.",
    ],
    howToCheck: [
      {
        text: "See which authorities the origin accepts: “Acceptable client certificate CA names”.",
        command: "openssl s_client -connect {host}:{port} -servername {name} </dev/null",
      },
      {
        text: "Compare with the issuer of the gateway's certificate (edge.pem is its file).",
        command: "openssl x509 -in edge.pem -noout -subject -issuer -dates",
      },
      {
        text: "Make the handshake with that certificate.",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} -cert edge.pem -key edge.key </dev/null",
      },
    ],
    howToFix: [
      "Set clientCertificate to a certificate from an authority that the origin accepts.",
      "Put the intermediate certificates into the same file, after the certificate.",
      "Or let the origin trust the authority of the certificate that the gateway has.",
    ],
  },
  unsupported_certificate: {
    alert: 43,
    title: "The origin cannot use this kind of client certificate",
    whatHappened:
      "The origin sent the alert unsupported_certificate (43): the gateway's client certificate is of a kind, or for a purpose, that it does not accept.",
    likelyCauses: [
      "The certificate is not meant for clients: its extended key usage lacks clientAuth.",
      "Its key is of a type that the origin does not support.",
    ],
    howToCheck: [
      {
        text: "Read the purpose of the gateway's certificate (edge.pem is its file).",
        command: "openssl x509 -in edge.pem -noout -ext keyUsage,extendedKeyUsage",
      },
    ],
    howToFix: [
      "Issue a client certificate with extendedKeyUsage clientAuth, and set clientCertificate to it.",
    ],
  },
  certificate_revoked: {
    alert: 44,
    title: "The client certificate has been revoked",
    whatHappened:
      "The origin sent the alert certificate_revoked (44): the authority has withdrawn the gateway's client certificate.",
    likelyCauses: ["The certificate was replaced, and the gateway still presents the old one."],
    howToCheck: [
      {
        text: "Read the serial number and look it up with the authority (edge.pem is the file).",
        command: "openssl x509 -in edge.pem -noout -serial -issuer",
      },
    ],
    howToFix: ["Get a new client certificate for a new key, and set clientCertificate to it."],
  },
  certificate_expired: {
    alert: 45,
    title: "The client certificate has expired",
    whatHappened:
      "The origin sent the alert certificate_expired (45): the gateway's client certificate is outside the time for which it was issued. The origin's own certificate is not meant.",
    likelyCauses: [
      "The client certificate was not renewed in time.",
      "The clock of the origin's machine is wrong.",
    ],
    howToCheck: [
      {
        text: "Read the dates of the gateway's certificate (edge.pem is its file).",
        command: "openssl x509 -in edge.pem -noout -dates",
      },
      { text: "Read the clock on the origin's machine.", command: "date -u" },
    ],
    howToFix: [
      "Renew the client certificate, and restart the gateway so that it reads the new file.",
      "Set the origin's clock.",
    ],
  },
  certificate_unknown: {
    alert: 46,
    title: "The origin does not accept the client certificate",
    whatHappened:
      "The origin sent the alert certificate_unknown (46): it rejects the gateway's client certificate, and does not say why. Java servers use this alert for most validation errors.",
    likelyCauses: [
      "The authority that issued it is not in the origin's trust store.",
      "The certificate breaks another rule of the origin.",
    ],
    howToCheck: [
      { text: "Read the origin's own log at this time; it says what it did not like." },
      {
        text: "Read the gateway's certificate (edge.pem is its file).",
        command: "openssl x509 -in edge.pem -noout -subject -issuer -dates",
      },
    ],
    howToFix: [
      "Add the issuing authority to the origin's trust store.",
      "Or set clientCertificate to a certificate that the origin accepts.",
    ],
  },
  unknown_ca: {
    alert: 48,
    title: "The origin does not know the client certificate's authority",
    whatHappened:
      "The origin sent the alert unknown_ca (48): it does not trust the authority that issued the gateway's client certificate, or cannot get there from what was sent.",
    likelyCauses: [
      "The origin's list of accepted authorities does not have this one, or has an old version of it.",
      "The gateway's certificate file lacks the intermediate certificates.",
      "The certificate is self-signed.",
    ],
    howToCheck: [
      {
        text: "See which authorities the origin accepts: “Acceptable client certificate CA names”.",
        command: "openssl s_client -connect {host}:{port} -servername {name} </dev/null",
      },
      {
        text: "Compare with the issuer of the gateway's certificate (edge.pem is its file).",
        command: "openssl x509 -in edge.pem -noout -subject -issuer",
      },
    ],
    howToFix: [
      "Add the authority to those that the origin accepts; in nginx: ssl_client_certificate.",
      "Put the intermediates into the gateway's file, after the certificate.",
      "Or set clientCertificate to one from an authority that the origin knows.",
    ],
  },
  bad_certificate_status_response: {
    alert: 113,
    title: "The origin rejects the revocation status of the client certificate",
    whatHappened:
      "The origin sent the alert bad_certificate_status_response (113): the OCSP response that came with the client certificate is invalid or missing.",
    likelyCauses: ["The origin demands a current OCSP response together with client certificates."],
    howToCheck: [{ text: "Read the origin's own log and its rules for client certificates." }],
    howToFix: ["Let the origin check revocation by itself, without a response from the client."],
  },
  certificate_required: {
    alert: 116,
    title: "The origin requires a client certificate",
    whatHappened:
      "The origin sent the alert certificate_required (116): it answers only clients with a certificate (mutual TLS), and the gateway presented none.",
    likelyCauses: [
      "clientCertificate is not set for this zone.",
      "The origin was set to accept one CDN only, by its client certificate, and this gateway does not have it.",
      "Mutual TLS was turned on for the whole server, and was meant for one path or port.",
    ],
    howToCheck: [
      {
        text: "Ask without a certificate. With TLS 1.3 this alert comes after the handshake, so a real request is needed to see it.",
        command: "curl -kv -o /dev/null {url}",
      },
      {
        text: "Ask with one (edge.pem and edge.key are its files). If a response comes, only the setting is missing.",
        command: "curl -kv --cert edge.pem --key edge.key -o /dev/null {url}",
      },
    ],
    howToFix: [
      "Set clientCertificate (cert and key) to a certificate that the origin accepts.",
      "Or make it optional at the origin; in nginx: ssl_verify_client optional.",
    ],
  },
} as const satisfies Record<string, AlertFacts>;
