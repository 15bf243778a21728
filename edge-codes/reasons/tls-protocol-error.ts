// The reasons of tls_protocol_error: how a handshake failed without an alert from the origin.
// Listed in reasons.ts.

import type { ReasonFacts } from "../explanation.ts";

/** Reasons of `tls_protocol_error`. */
export const tlsProtocolErrorReasons = {
  not_tls: {
    title: "The origin does not speak TLS on this port",
    whatHappened:
      "The gateway opened a TLS handshake, and what came back is not TLS. OpenSSL calls this “wrong version number”.",
    likelyCauses: [
      "The port speaks plain HTTP. The zone says full or strict, or the origin is written as https://.",
      "TLS ends in front of the application, at another server and port.",
      "The port belongs to another protocol, such as a database or SSH.",
    ],
    howToCheck: [
      {
        text: "Ask in plain HTTP. If a response comes, this is the cause.",
        command: "curl -v http://{host}:{port}/",
      },
      {
        text: "See what TLS makes of it: “wrong version number” or “packet length too long” confirms it.",
        command: "openssl s_client -connect {host}:{port} -servername {name} </dev/null",
      },
    ],
    howToFix: [
      "For plain HTTP, give the origin as http:// in the config.",
      "For HTTPS, use the port on which TLS is spoken, or turn TLS on at the origin.",
    ],
  },
  version_mismatch: {
    title: "No TLS version in common",
    whatHappened:
      "The origin chose, or allows, only TLS versions that the gateway does not accept. By default the gateway speaks TLS 1.2 and 1.3.",
    likelyCauses: [
      "The origin is old and ends at TLS 1.0 or 1.1.",
      "The list of protocols in the server's settings is too narrow, or has a misprint.",
    ],
    howToCheck: [
      {
        text: "Try each version. The one that works is what the origin has.",
        command:
          "for v in tls1_2 tls1_3; do openssl s_client -connect {host}:{port} -servername {name} -$v </dev/null 2>&1 | grep -E 'Protocol|New,|alert'; done",
      },
      {
        text: "Try the old version, with OpenSSL's safeguards off for this one test.",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} -tls1 -cipher DEFAULT@SECLEVEL=0 </dev/null",
      },
    ],
    howToFix: [
      "Allow TLS 1.2 and 1.3 at the origin; in nginx: ssl_protocols TLSv1.2 TLSv1.3.",
      "If the server cannot, update it, or put one that can in front of it.",
    ],
  },
  no_shared_cipher: {
    title: "No cipher in common",
    whatHappened:
      "The two sides share a TLS version, but no cipher (or no key exchange or signature algorithm) that both allow.",
    likelyCauses: [
      "The origin's cipher list is too narrow, or names only outdated ciphers such as RC4 and 3DES.",
      "The origin's key does not fit its ciphers: an ECDSA certificate with a list of RSA ciphers, or the other way round.",
      "The origin has no certificate at all, which leaves only ciphers that nobody allows.",
      "Its Diffie-Hellman parameters are too short (1024 bits or fewer) to be accepted.",
    ],
    howToCheck: [
      {
        text: "List what the origin offers.",
        command: "nmap --script ssl-enum-ciphers -p {port} {host}",
      },
      {
        text: "Try with a generous list. If this works, read the cipher in the output: the gateway does not offer that one.",
        command:
          "openssl s_client -connect {host}:{port} -servername {name} -tls1_2 -cipher ALL@SECLEVEL=0 </dev/null",
      },
    ],
    howToFix: [
      "Allow current ciphers at the origin: the ECDHE ones with AES-GCM or ChaCha20, and TLS 1.3.",
      "Install a certificate whose key fits the ciphers.",
    ],
  },
  closed_in_handshake: {
    title: "The origin closed during the handshake",
    whatHappened:
      "The origin accepted the connection and closed it (FIN) before the TLS handshake was complete, without an alert.",
    likelyCauses: [
      "The server has no certificate for this name, or its TLS settings are broken, and it just hangs up.",
      "The server expects something else first, such as a PROXY protocol header or STARTTLS.",
      "A load balancer has no healthy server behind it.",
      "A device on the way cannot cope with the handshake: some fail when the first message does not fit into one packet.",
    ],
    howToCheck: [
      {
        text: "Make the handshake by hand. “unexpected eof while reading” is this failure.",
        command: "openssl s_client -connect {host}:{port} -servername {name} </dev/null",
      },
      {
        text: "Try without a name. If this works, the server does not know the name.",
        command: "openssl s_client -connect {host}:{port} -noservername </dev/null",
      },
      { text: "Read the origin's own log at this time." },
    ],
    howToFix: [
      "Install a certificate for the name, or set sni to one that the server knows.",
      "Turn off PROXY protocol on this port, if the gateway does not send it.",
      "Repair what the load balancer calls unhealthy.",
    ],
  },
  reset_in_handshake: {
    title: "The origin reset the connection during the handshake",
    whatHappened:
      "The origin accepted the connection and broke it off (RST) before the TLS handshake was complete.",
    likelyCauses: [
      "A firewall lets the connection through and cuts it when it sees the name or the handshake.",
      "Docker or a load balancer took the connection, and nothing listens behind it.",
      "The server crashed, or its TLS part is not set up.",
    ],
    howToCheck: [
      {
        text: "Make the handshake by hand, from the gateway's machine and then from the origin's own. If only the first fails, something on the way cuts it.",
        command: "openssl s_client -connect {host}:{port} -servername {name} </dev/null",
      },
      {
        text: "On the origin's machine, see which program has the port.",
        command: "sudo lsof -nP -iTCP:{port} -sTCP:LISTEN",
      },
    ],
    howToFix: [
      "Allow the gateway's address and the name in the firewall.",
      "In a container, let the program listen on 0.0.0.0, on the port that is published.",
      "Start the server, and repair what its log shows.",
    ],
  },
  handshake_timeout: {
    title: "The handshake was not finished in time",
    whatHappened:
      "The TCP connection was open and the gateway had begun the TLS handshake. The origin did not complete it before the time limit was over.",
    likelyCauses: [
      "The port belongs to a server that waits for something else, and both sides wait for each other.",
      "The origin is overloaded, or its process hangs: the system still accepts connections for it.",
      "Large packets get lost on the way (an MTU problem, often with a VPN), and the handshake's are large.",
    ],
    howToCheck: [
      {
        text: "Make the handshake by hand and see where it stops. “CONNECTED” and nothing after it is this failure.",
        command:
          "timeout 15 openssl s_client -connect {host}:{port} -servername {name} -state </dev/null",
      },
      {
        text: "See whether large packets get through (Linux; 1472 bytes fill an ordinary packet).",
        command: "ping -c 3 -M do -s 1472 {host}",
      },
      {
        text: "On the origin's machine, see whether the process is busy or stuck.",
        command: "top",
      },
    ],
    howToFix: [
      "Correct the port if it is not that of a TLS server.",
      "Restart or relieve the origin.",
      "Lower the MTU of the VPN or tunnel, or allow the ICMP messages that find it out.",
      "If the origin is slow by nature, raise timeouts.handshakeMs.",
    ],
  },
  bad_record: {
    title: "A TLS record from the origin is damaged",
    whatHappened:
      "The origin speaks TLS, but one of its records could not be read: its protection did not verify, its length was impossible, or it came at the wrong moment.",
    likelyCauses: [
      "Something wrote plain text into the encrypted connection.",
      "A device between gateway and origin alters packets, or there is a fault in hardware that handles TLS.",
      "The TLS code at the origin has a defect.",
    ],
    howToCheck: [
      {
        text: "Repeat the request straight to the origin. OpenSSL's words for it are “bad record mac” or “decryption failed”.",
        command: "curl -v -o /dev/null {url}",
      },
      {
        text: "Do the same on the origin's own machine. If it works there, something on the way is the cause.",
      },
    ],
    howToFix: [
      "Update the TLS library and the server at the origin.",
      "Take the device on the way out of the path, or turn off its TLS features.",
    ],
  },
} as const satisfies Record<string, ReasonFacts>;
