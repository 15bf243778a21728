// Reasons of tls_certificate_error that lie in the chain from the origin's certificate to a trusted root.
// Those that lie in what the certificate says are in tls-certificate-holder.ts. Listed in reasons.ts.

import type { ReasonFacts } from "../explanation.ts";

/** Reasons of `tls_certificate_error` about who vouches for the certificate, and how well. */
export const tlsCertificateChainReasons = {
  self_signed: {
    title: "The certificate is self-signed",
    whatHappened:
      "The origin's certificate is signed with its own key. No authority vouches for it, so anybody could have made it.",
    likelyCauses: [
      "It was made with openssl or by a framework, for development.",
      "It is the certificate that a server, router or hosting panel comes with.",
      "The server has no certificate for this name and serves a placeholder.",
    ],
    howToCheck: [
      {
        text: "Compare the two lines: with a self-signed certificate, subject and issuer are the same.",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} </dev/null 2>/dev/null | openssl x509 -noout -subject -issuer",
      },
    ],
    howToFix: [
      "In production, get a certificate from a public authority; Let's Encrypt issues them free of charge.",
      "If this very certificate is to be trusted, set originCa to it.",
      "For development only: ssl: full goes on with TLS and does not validate.",
    ],
  },
  untrusted_root: {
    title: "The certificate leads to a root that is not trusted",
    whatHappened:
      "The chain ends in a root certificate that is not among those which the gateway trusts for this zone.",
    likelyCauses: [
      "The certificate comes from a private authority: a company's, a cluster's, mkcert.",
      "originCa is set for this zone. It replaces the public authorities, and the origin has a certificate from one of those.",
      "It is a certificate that a CDN issues for its own connection to origins. Only that CDN trusts it.",
      "A security product on the way opens TLS and presents certificates of its own.",
    ],
    howToCheck: [
      {
        text: "See the chain: each certificate with its subject (s:) and its issuer (i:). The last issuer is the root in question.",
        command: "openssl s_client -connect {host}:{port} -servername {name} -showcerts </dev/null",
      },
      {
        text: "Validate against the root that you mean to trust (root.pem is its file).",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} -CAfile root.pem </dev/null",
      },
    ],
    howToFix: [
      "Set originCa to the root certificate of the private authority.",
      "If originCa is set and the origin has a public certificate, remove originCa.",
      "Or give the origin a certificate from a public authority.",
    ],
  },
  incomplete_chain: {
    title: "An intermediate certificate is missing",
    whatHappened:
      "The server sent its own certificate without the intermediate that signed it. The gateway cannot get from there to a root that it trusts. Browsers often know the intermediate from elsewhere, so the site may work in a browser.",
    likelyCauses: [
      "The server is set to the file with the single certificate (cert.pem) instead of the one with the chain (fullchain.pem).",
      "The authority changed its intermediate on renewal, and the old one is still installed.",
      "The certificates are in the wrong file for this server, which reads the chain from another setting.",
    ],
    howToCheck: [
      {
        text: "Count the certificates and follow the names: the issuer (i:) of each must be the subject (s:) of the next. A single one is not enough.",
        command: "openssl s_client -connect {host}:{port} -servername {name} -showcerts </dev/null",
      },
      {
        text: "See where the missing intermediate can be had: the line “CA Issuers”.",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} </dev/null 2>/dev/null | openssl x509 -noout -issuer -ext authorityInfoAccess",
      },
    ],
    howToFix: [
      "Serve the full chain: the origin's certificate first, then the intermediates; the root may be left out.",
      "With certbot, use fullchain.pem. In nginx, that is ssl_certificate; in Apache, SSLCertificateFile.",
      "Reload the server.",
    ],
  },
  weak_key: {
    title: "The certificate's key is too short",
    whatHappened:
      "The public key in the certificate, or in one above it, is shorter than the gateway's TLS library accepts. Such a key can be broken.",
    likelyCauses: [
      "An old RSA key of 512 or 1024 bits is renewed again and again.",
      "A device or an old appliance makes its own certificate, with a short key.",
    ],
    howToCheck: [
      {
        text: "Read the size. RSA should have 2048 bits or more; an elliptic curve, 256.",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} </dev/null 2>/dev/null | openssl x509 -noout -text | grep 'Public-Key'",
      },
      {
        text: "If that is long enough, look at the others in the chain.",
        command: "openssl s_client -connect {host}:{port} -servername {name} -showcerts </dev/null",
      },
    ],
    howToFix: [
      "Make a new key (RSA 2048 or more, or ECDSA P-256) and get a new certificate for it.",
    ],
  },
  weak_signature: {
    title: "A certificate is signed with an outdated algorithm",
    whatHappened:
      "A certificate in the chain is signed with a hash that no longer protects it, such as SHA-1 or MD5. A forged one could carry the same signature.",
    likelyCauses: [
      "A private authority still signs with SHA-1.",
      "An old intermediate is installed where a newer one exists.",
    ],
    howToCheck: [
      {
        text: "Read the algorithm. sha1 and md5 are outdated; sha256 and above are fine.",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} </dev/null 2>/dev/null | openssl x509 -noout -text | grep 'Signature Algorithm'",
      },
      {
        text: "If that is fine, look at the others in the chain.",
        command: "openssl s_client -connect {host}:{port} -servername {name} -showcerts </dev/null",
      },
    ],
    howToFix: [
      "Let the authority sign with SHA-256, and issue the certificate anew.",
      "Replace an old intermediate with the current one.",
    ],
  },
  bad_signature: {
    title: "A signature in the chain is false",
    whatHappened:
      "A certificate names an issuer whose key did not make its signature. Either the wrong issuer is in the chain, or the certificate was altered.",
    likelyCauses: [
      "The private authority was made anew under the same name, and the old root or intermediate is still installed somewhere.",
      "The intermediate in the chain has the right name and the wrong key.",
      "The certificate file was damaged or edited.",
      "Somebody is presenting a forged certificate.",
    ],
    howToCheck: [
      {
        text: "Save the certificates that the server sends, and compare each with the file that the authority gives out.",
        command: "openssl s_client -connect {host}:{port} -servername {name} -showcerts </dev/null",
      },
      {
        text: "Check the saved certificate against the issuer you expect (issuer.pem and cert.pem are their files).",
        command: "openssl verify -partial_chain -trusted issuer.pem cert.pem",
      },
    ],
    howToFix: [
      "Install the intermediates that belong to this very certificate.",
      "If the private authority was made anew, issue every certificate anew, and set originCa to the new root.",
      "If nobody can explain it, treat it as an attack.",
    ],
  },
} as const satisfies Record<string, ReasonFacts>;
