// TLS alerts with which an origin refuses what the gateway offered: a name, a version, a cipher, a protocol.
// Numbers and names: IANA's registry of TLS alerts (RFC 8446 §6). Merged in tls-alert-received.ts.

import type { AlertFacts } from "../explanation.ts";

/** Reasons of `tls_alert_received`: the origin does not accept the offer. */
export const tlsRefusalAlerts = {
  handshake_failure: {
    alert: 40,
    title: "The origin found nothing acceptable in the handshake",
    whatHappened:
      "The origin sent the alert handshake_failure (40): it could not agree to any set of parameters that the gateway offered. It is the least specific alert, and several causes hide behind it.",
    likelyCauses: [
      "No cipher, curve or signature algorithm is allowed on both sides.",
      "The origin has no certificate for the name asked. Many CDNs and load balancers answer an unknown name this way.",
      "With TLS 1.2, the origin demands a client certificate and got none.",
      "The origin's certificate does not fit its ciphers, for example ECDSA with ciphers for RSA.",
    ],
    howToCheck: [
      {
        text: "Repeat the handshake. If the output has a list “Acceptable client certificate CA names”, the origin asks for a client certificate.",
        command: "openssl s_client -connect {host}:{port} -servername {name} </dev/null",
      },
      {
        text: "Repeat it with a generous list of ciphers. If this works, the ciphers are the cause.",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} -tls1_2 -cipher ALL@SECLEVEL=0 </dev/null",
      },
      {
        text: "Repeat it without a name. If this works, the name is the cause.",
        command: "openssl s_client -connect {host}:{port} -noservername </dev/null",
      },
    ],
    howToFix: [
      "Allow TLS 1.3, or the ECDHE ciphers with AES-GCM for TLS 1.2, at the origin.",
      "Install a certificate for the name, or set sni to a name that the origin has.",
      "If the origin wants a client certificate, set clientCertificate.",
    ],
  },
  access_denied: {
    alert: 49,
    title: "The origin denied access in the handshake",
    whatHappened:
      "The origin sent the alert access_denied (49): it understood who is calling, and its rules say no.",
    likelyCauses: [
      "The gateway's client certificate is valid, but its name is not on the origin's list.",
      "A policy of a firewall or service mesh forbids this name or this caller.",
    ],
    howToCheck: [
      {
        text: "See whom the gateway's client certificate names (edge.pem is its file).",
        command: "openssl x509 -in edge.pem -noout -subject -ext subjectAltName",
      },
      {
        text: "Make the handshake with that certificate.",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} -cert edge.pem -key edge.key </dev/null",
      },
      { text: "Read the log and the access rules of the origin, or of the mesh in front of it." },
    ],
    howToFix: [
      "Add the name in the client certificate to what the origin allows.",
      "Or set clientCertificate to a certificate that it allows already.",
    ],
  },
  protocol_version: {
    alert: 70,
    title: "The origin does not allow the TLS versions offered",
    whatHappened:
      "The origin sent the alert protocol_version (70): it knows the TLS versions in the gateway's offer and allows none of them. By default the gateway offers TLS 1.2 and 1.3.",
    likelyCauses: [
      "The origin ends at TLS 1.0 or 1.1: an old server, appliance or Java runtime.",
      "The server's list of protocols is too narrow, or has a misprint.",
    ],
    howToCheck: [
      {
        text: "Try TLS 1.0, with OpenSSL's safeguards off for this one test. If only this works, the origin is that old.",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} -tls1 -cipher DEFAULT@SECLEVEL=0 </dev/null",
      },
      {
        text: "List the versions and ciphers of the origin.",
        command: "nmap --script ssl-enum-ciphers -p {port} {host}",
      },
    ],
    howToFix: [
      "Allow TLS 1.2 and 1.3 at the origin; in nginx: ssl_protocols TLSv1.2 TLSv1.3.",
      "If the server cannot, update it, or put one that can in front of it.",
    ],
  },
  insufficient_security: {
    alert: 71,
    title: "The origin wants stronger ciphers than those offered",
    whatHappened:
      "The origin sent the alert insufficient_security (71): nothing that the gateway offers is strong enough for its policy.",
    likelyCauses: [
      "The origin follows a strict policy that allows only a few ciphers or long keys.",
      "The ciphers of the gateway's Node process were narrowed, for example with --tls-cipher-list.",
    ],
    howToCheck: [
      {
        text: "List what the origin accepts.",
        command: "nmap --script ssl-enum-ciphers -p {port} {host}",
      },
      { text: "Look for TLS options in the gateway's environment.", command: "echo $NODE_OPTIONS" },
    ],
    howToFix: [
      "Allow TLS 1.3 at the origin, or one of the ECDHE ciphers with AES-256-GCM.",
      "Remove the option that narrows the gateway's ciphers.",
    ],
  },
  internal_error: {
    alert: 80,
    title: "The origin's TLS failed inside",
    whatHappened:
      "The origin sent the alert internal_error (80): something went wrong on its own side, not in what the gateway sent.",
    likelyCauses: [
      "The origin has no certificate for the name asked. Caddy, and other servers written in Go that choose certificates at run time, answer an unknown name this way.",
      "Its certificate could not be obtained or loaded: a failed ACME order, a wrong key, an unreachable key store.",
      "The server is out of memory or otherwise in trouble.",
    ],
    howToCheck: [
      {
        text: "Read the origin's own log at this time: it has the real error.",
      },
      {
        text: "Repeat the handshake with this name, and then with one that the server surely has.",
        command: "openssl s_client -connect {host}:{port} -servername {name} </dev/null",
      },
    ],
    howToFix: [
      "Add the name to the origin's sites, so that it has a certificate for it, or set sni to one that it has.",
      "Repair the certificate and its key at the origin, and reload the server.",
    ],
  },
  missing_extension: {
    alert: 109,
    title: "The origin misses an extension in the handshake",
    whatHappened:
      "The origin sent the alert missing_extension (109): the gateway's first message lacks something that the origin requires, most often the server name.",
    likelyCauses: [
      "The origin is configured by IP address, so that no server name is sent, and it demands one.",
    ],
    howToCheck: [
      {
        text: "Make the handshake with a name. If this works, the name was missing.",
        command: "openssl s_client -connect {host}:{port} -servername {name} </dev/null",
      },
    ],
    howToFix: ["Set sni to the name in the origin's certificate."],
  },
  unrecognized_name: {
    alert: 112,
    title: "The origin does not know the name asked",
    whatHappened:
      "The origin sent the alert unrecognized_name (112): it has no site and no certificate for the server name (SNI) in the handshake.",
    likelyCauses: [
      "The gateway sends the name of the origin, and the server knows only the public name of the site; or the other way round.",
      "The name is not in the server's configuration, or the server was not reloaded.",
      "The server refuses unknown names on purpose; in nginx: ssl_reject_handshake on.",
    ],
    howToCheck: [
      {
        text: "Repeat the handshake with the name that the gateway sends.",
        command: "openssl s_client -connect {host}:{port} -servername {name} </dev/null",
      },
      {
        text: "Make it without a name, and read in the certificate which names the server has.",
        command:
          "openssl s_client -connect {host}:{port} -noservername </dev/null 2>/dev/null | openssl x509 -noout -subject -ext subjectAltName",
      },
    ],
    howToFix: [
      "Set sni to a name that the server has: request for the name that the client asked for, origin for the origin's own, or any fixed name.",
      "Add the name, with a certificate, to the server.",
    ],
  },
  no_application_protocol: {
    alert: 120,
    title: "The origin speaks no protocol that the gateway offers",
    whatHappened:
      "The origin sent the alert no_application_protocol (120): the gateway offered HTTP/1.1 (by ALPN), and the origin accepts only something else.",
    likelyCauses: [
      "The origin speaks HTTP/2 only, as many gRPC servers do.",
      "The port is for another protocol over TLS, such as a message broker.",
    ],
    howToCheck: [
      {
        text: "Offer both versions of HTTP. “ALPN protocol: h2” means that it is HTTP/2 only, if HTTP/1.1 alone fails.",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} -alpn h2,http/1.1 </dev/null",
      },
      {
        text: "Offer HTTP/1.1 alone.",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} -alpn http/1.1 </dev/null",
      },
    ],
    howToFix: [
      "Turn HTTP/1.1 on at the origin, beside HTTP/2.",
      "For a gRPC server, put one that speaks both in front of it.",
      "Correct the port if it is not that of a web server.",
    ],
  },
} as const satisfies Record<string, AlertFacts>;
