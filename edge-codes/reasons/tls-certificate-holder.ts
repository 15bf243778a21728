// Reasons of tls_certificate_error that lie in the origin's own certificate: its dates, its names, its purpose.
// Those that lie in the chain and its signatures are in tls-certificate-chain.ts. Listed in reasons.ts.

import type { ReasonFacts } from "../explanation.ts";

/** Reasons of `tls_certificate_error` about what the certificate says of its holder. */
export const tlsCertificateHolderReasons = {
  expired: {
    title: "The certificate has expired",
    whatHappened:
      "The end date (notAfter) of the origin's certificate, or of one that stands above it in the chain, has passed.",
    likelyCauses: [
      "The automatic renewal failed: its job does not run, its challenge is blocked, or the domain moved.",
      "The certificate was renewed on disk, and the server was not reloaded and still serves the old one.",
      "One of several servers, or one virtual host, still has the old file.",
      "An intermediate certificate has expired although the origin's own has not.",
      "The clock of the gateway's machine is ahead.",
    ],
    howToCheck: [
      {
        text: "See the dates of the certificate that is being served now.",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} </dev/null 2>/dev/null | openssl x509 -noout -subject -dates",
      },
      {
        text: "See the dates of the whole chain. The lines with NotBefore and NotAfter belong to one certificate each (OpenSSL 3).",
        command: "openssl s_client -connect {host}:{port} -servername {name} -showcerts </dev/null",
      },
      { text: "Compare with the time on the gateway's machine.", command: "date -u" },
    ],
    howToFix: [
      "Renew the certificate, then reload the server so that it reads the new file.",
      "If an intermediate has expired, replace it with the current one of the same authority.",
      "Repair the renewal job, and watch the end date so that this does not come as a surprise again.",
    ],
  },
  not_yet_valid: {
    title: "The certificate is not valid yet",
    whatHappened:
      "The start date (notBefore) of the origin's certificate, or of one above it in the chain, lies in the future.",
    likelyCauses: [
      "The clock of the gateway's machine is behind: a virtual machine that slept, a board without a battery.",
      "The clock of the machine that issued the certificate was ahead.",
      "The certificate was issued for a later date and installed too early.",
    ],
    howToCheck: [
      { text: "Read the clock of the gateway's machine.", command: "date -u" },
      {
        text: "Compare with the start date.",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} </dev/null 2>/dev/null | openssl x509 -noout -dates",
      },
    ],
    howToFix: [
      "Set the clock, and let NTP keep it right.",
      "If the start date is wrong, issue the certificate anew. A start a few minutes in the past allows for clocks that differ.",
    ],
  },
  wrong_host: {
    title: "The certificate is for another name",
    whatHappened:
      "The certificate is made out to other names (or addresses) than the one that the gateway expects of this origin. It may belong to another server.",
    likelyCauses: [
      "The name is missing from the certificate's subject alternative names: only www is there, or only the bare domain.",
      "A wildcard is expected to reach too far. *.example.com covers a.example.com, not a.b.example.com and not example.com.",
      "The server has no site for this name and serves its default certificate.",
      "The origin is configured by IP address, and the certificate names hosts only.",
      "DNS leads to another server than you think.",
    ],
    howToCheck: [
      {
        text: "See for which names the certificate is.",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} </dev/null 2>/dev/null | openssl x509 -noout -subject -ext subjectAltName",
      },
      {
        text: "See what is served when no name is sent. If it is the same certificate, the server does not know your name and falls back to its default.",
        command:
          "openssl s_client -connect {host}:{port} -noservername </dev/null 2>/dev/null | openssl x509 -noout -subject -ext subjectAltName",
      },
      { text: "See where the name leads.", command: "dig +short {name} A {name} AAAA" },
    ],
    howToFix: [
      "Issue a certificate that lists this name as a subject alternative name.",
      "Or set sni to a name that the certificate has.",
      "On the server, bind the right certificate to this name.",
    ],
  },
  wrong_purpose: {
    title: "The certificate is not meant for a server",
    whatHappened:
      "The certificate is limited to other uses than that of a TLS server, or a certificate in the chain may not issue others.",
    likelyCauses: [
      "A client certificate, or one for signing mail or code, was installed on the server.",
      "The template of a private authority gives out certificates without the use “TLS Web Server Authentication”.",
      "A certificate that is not an authority's (CA:TRUE is missing) was used to sign this one.",
      "An authority with a path length limit has more authorities below it than the limit allows.",
    ],
    howToCheck: [
      {
        text: "Read the uses that the certificate allows.",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} </dev/null 2>/dev/null | openssl x509 -noout -ext keyUsage,extendedKeyUsage,basicConstraints",
      },
      {
        text: "Let OpenSSL judge. Look for “SSL server : Yes”.",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} </dev/null 2>/dev/null | openssl x509 -noout -purpose",
      },
    ],
    howToFix: [
      "Issue a certificate with extendedKeyUsage serverAuth.",
      "In a private authority, give the issuing certificate basicConstraints CA:TRUE and keyUsage keyCertSign.",
    ],
  },
  revoked: {
    title: "The certificate has been revoked",
    whatHappened:
      "The authority that issued the certificate, or one above it in the chain, has withdrawn it before its end date.",
    likelyCauses: [
      "It was replaced, and the old one withdrawn; the server still serves the old one.",
      "Its private key became known to others, or was feared to be.",
      "The authority withdrew it because of a mistake of its own.",
    ],
    howToCheck: [
      {
        text: "See the serial number, and where the authority publishes what it has withdrawn.",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} </dev/null 2>/dev/null | openssl x509 -noout -serial -ext crlDistributionPoints,authorityInfoAccess",
      },
      {
        text: "Read the authority's messages to the holder of the certificate: they give the reason.",
      },
    ],
    howToFix: [
      "Make a new private key and get a new certificate for it. Do not use the old key again.",
      "Install both and reload the server.",
    ],
  },
} as const satisfies Record<string, ReasonFacts>;
