// Failures of the third step to the origin: a TLS session on the open connection.
// Merged with the other phases in explanations.ts.

import type { Explanation } from "../explanation.ts";

/** Explanations of the failure types of phase `tls`. */
export const tlsExplanations = {
  tls_protocol_error: {
    whatHappened:
      "The TCP connection to the origin was open, but the two sides could not set up TLS on it. No request was sent.",
    likelyCauses: [
      "The port speaks plain HTTP, not TLS.",
      "The origin allows only TLS versions or ciphers that the gateway does not offer.",
      "The origin has no certificate for the name asked, or none at all, and drops the connection.",
      "A firewall between the two cuts or delays the handshake.",
    ],
    howToCheck: [
      {
        text: "Make the handshake by hand, with the same name. A working origin shows a certificate, a protocol version and a cipher.",
        command: "openssl s_client -connect {host}:{port} -servername {name} </dev/null",
      },
      {
        text: "Ask the same port in plain HTTP. If a response comes back, the port does not speak TLS.",
        command: "curl -v http://{host}:{port}/",
      },
      {
        text: "Read the origin's own log at this time: servers usually write down why a handshake failed.",
      },
    ],
    howToFix: [
      "If the origin has no TLS, give it as http:// in the config.",
      "If it has, use the port on which it speaks TLS, usually 443 or 8443.",
      "Install a certificate and its key for the name that the gateway sends, and reload the server.",
      "Allow TLS 1.2 and 1.3 with the default ciphers of a current TLS library.",
    ],
  },
  tls_alert_received: {
    whatHappened:
      "The origin speaks TLS and ended the session itself, with an alert that names its reason. Often this is about something the gateway did not send: a name, a client certificate, a version.",
    likelyCauses: [
      "The origin does not know the name (SNI) in the handshake.",
      "The origin demands a client certificate and got none, or does not accept the one it got.",
      "The two sides share no TLS version, cipher or application protocol.",
    ],
    howToCheck: [
      {
        text: "Make the handshake by hand. If the origin sends the alert in the handshake, the output ends with it: look for “alert number”.",
        command: "openssl s_client -connect {host}:{port} -servername {name} </dev/null",
      },
      {
        text: "With TLS 1.3, an alert about the client certificate comes after the handshake. A real request shows it.",
        command: "curl -skv -o /dev/null {url}",
      },
      {
        text: "Read the origin's own log at this time. An alert is one word; the log usually has a sentence.",
      },
    ],
    howToFix: [
      "Set sni to a name that the origin has a certificate for.",
      "If the origin asks for a client certificate, set clientCertificate to one that it accepts.",
      "Otherwise change the origin's TLS settings; the alert's own name says which.",
    ],
  },
  tls_certificate_error: {
    whatHappened:
      "The origin presented a certificate, and the certificate did not pass validation. The gateway cannot know that this is the right server, so it sent no request.",
    likelyCauses: [
      "The certificate has expired.",
      "It is self-signed, or comes from a private certificate authority that the gateway does not trust.",
      "It was issued for another name.",
      "The server sends the certificate without the intermediate certificate above it.",
    ],
    howToCheck: [
      {
        text: "See for whom the certificate is, who issued it, and when it is valid.",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} </dev/null 2>/dev/null | openssl x509 -noout -subject -issuer -dates -ext subjectAltName",
      },
      {
        text: "Validate by hand, with the system's trust store. The line “Verify return code” says what is wrong; 0 means nothing is.",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} -verify_hostname {name} </dev/null",
      },
    ],
    howToFix: [
      "Install a certificate that is valid today, for this name, together with its intermediates.",
      "For a private authority, set originCa to its root certificate. It replaces the public authorities for that zone.",
      "For development only: ssl: full goes on with TLS and does not validate.",
    ],
  },
} as const satisfies Record<string, Explanation>;
