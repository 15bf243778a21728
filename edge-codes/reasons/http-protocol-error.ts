// The reasons of http_protocol_error: in which way an answer is not valid HTTP/1.1.
// Listed in reasons.ts.

import type { ReasonFacts } from "../explanation.ts";

/** Reasons of `http_protocol_error`. */
export const httpProtocolErrorReasons = {
  not_http: {
    title: "What answered is not an HTTP server",
    whatHappened:
      "The first bytes from the origin are not HTTP at all. Another kind of server has this port.",
    likelyCauses: [
      "The port is that of a database, of SSH, of a mail server or of a message broker.",
      "The port speaks HTTPS and the gateway spoke plain HTTP. The answer then begins with the bytes 15 03.",
      "The application writes text to the connection before or without a status line.",
    ],
    howToCheck: [
      {
        text: "Look at the first bytes. “SSH-2.0” is SSH, 15 03 is TLS, “220” is mail or FTP, “-ERR” is Redis.",
        command:
          "printf 'GET / HTTP/1.1\\r\\nHost: {name}\\r\\nConnection: close\\r\\n\\r\\n' | nc -w 5 {host} {port} | head -c 64 | xxd",
      },
      {
        text: "On the origin's machine, see which program has the port.",
        command: "sudo lsof -nP -iTCP:{port} -sTCP:LISTEN",
      },
    ],
    howToFix: [
      "Correct the port of the origin in the config.",
      "If it speaks HTTPS, give the origin as https://.",
      "Let the application write nothing outside its HTTP responses.",
    ],
  },
  http2_only: {
    title: "The origin answered in HTTP/2",
    whatHappened:
      "The gateway asked in HTTP/1.1, and the origin answered with HTTP/2 frames. Nothing had agreed on HTTP/2.",
    likelyCauses: [
      "The port is for gRPC or for another service that speaks nothing but HTTP/2.",
      "The server is set to HTTP/2 without negotiation (h2c with prior knowledge).",
    ],
    howToCheck: [
      {
        text: "Ask in HTTP/2 from the start. If this works and the next command does not, the port is HTTP/2 only.",
        command: "curl -v --http2-prior-knowledge -o /dev/null {url}",
      },
      { text: "Ask in HTTP/1.1.", command: "curl -v --http1.1 -o /dev/null {url}" },
    ],
    howToFix: [
      "Turn HTTP/1.1 on at the origin, on this port or another.",
      "Put a server that translates in front of it, if it is gRPC.",
    ],
  },
  http2_error: {
    title: "The origin does not speak HTTP/2 as it should",
    whatHappened:
      "The gateway speaks HTTP/2 to this origin, because the two agreed on it (ALPN) or because the zone says h2c: true. What came back breaks the rules of HTTP/2, so that this response, or the whole connection, could not be used.",
    likelyCauses: [
      "The origin, or a load balancer that ends TLS before it, promises h2 by ALPN and passes the connection to a server of HTTP/1.1.",
      "The zone says h2c: true, and the port speaks HTTP/1.1.",
      "The application sets what HTTP/2 does not allow: a name with capital letters, Connection or Transfer-Encoding, a wrong Content-Length.",
      "The origin's HTTP/2 is home-made, or has a bug: bad frames (FRAME_SIZE_ERROR) or bad header compression (COMPRESSION_ERROR).",
    ],
    howToCheck: [
      {
        text: "See what is agreed on in the handshake.",
        command:
          "openssl s_client -alpn h2 -connect {host}:{port} -servername {name} </dev/null | grep ALPN",
      },
      {
        text: "Ask in HTTP/2 from the start, without TLS. The error names the rule that was broken.",
        command: "curl -v --http2-prior-knowledge -o /dev/null {url}",
      },
      {
        text: "See whether HTTP/1.1 works.",
        command: "curl -v --http1.1 -o /dev/null {url}",
      },
    ],
    howToFix: [
      "Let only what speaks HTTP/2 promise h2: take it out of the ALPN list of the load balancer, or let that speak HTTP/1.1 to the server behind it.",
      "Remove h2c: true, or http2: true, from the zone.",
      "Do not set fields of HTTP/1.1 connections in the application, and let the server count Content-Length.",
    ],
  },
  bad_status_line: {
    title: "The status line is not valid",
    whatHappened:
      "The answer looks like HTTP, but its first line is wrong. It should be the version, a status of three digits from 100 to 999, and a phrase.",
    likelyCauses: [
      "The application writes the line itself and leaves the status out, or puts a word or a wrong number there.",
      "A CGI or PHP script sets an invalid status.",
      "The version is unknown, for example HTTP/1.2 or a lower-case http.",
    ],
    howToCheck: [
      {
        text: "Read the line as it is.",
        command:
          "printf 'GET / HTTP/1.1\\r\\nHost: {name}\\r\\nConnection: close\\r\\n\\r\\n' | nc -w 5 {host} {port} | head -n 1 | xxd",
      },
      { text: "See what curl makes of it.", command: "curl -v --http1.1 -o /dev/null {url}" },
    ],
    howToFix: [
      "Set the status through the framework, not by writing the line.",
      "Use a status between 200 and 599 for a final response.",
    ],
  },
  bad_header: {
    title: "A header field is not valid",
    whatHappened:
      "The status line was right, but a line of the header section is not a valid field: a forbidden character in the name or the value, no colon, or a wrong line end.",
    likelyCauses: [
      "A value holds a line break or a control character, often copied from a request or a database.",
      "A name holds a space, also one just before the colon.",
      "Lines end in LF alone instead of CRLF, in a response written by hand. Many servers overlook this; this gateway does not.",
      "A script printed a warning among the fields.",
    ],
    howToCheck: [
      {
        text: "Look at the header section byte by byte. Every line ends in 0d 0a.",
        command:
          "printf 'GET / HTTP/1.1\\r\\nHost: {name}\\r\\nConnection: close\\r\\n\\r\\n' | nc -w 5 {host} {port} | head -c 2048 | xxd",
      },
      {
        text: "See the fields as curl reads them.",
        command: "curl -s --http1.1 -D - -o /dev/null {url}",
      },
    ],
    howToFix: [
      "Remove line breaks and control characters from values before they become fields. A line break that comes from a request is a security hole (response splitting).",
      "Encode text outside ASCII, for example file names in Content-Disposition.",
      "End every line with CRLF.",
    ],
  },
  bad_framing: {
    title: "The response contradicts itself about its length",
    whatHappened:
      "The response gives no single answer to the question where its content ends. Guessing would let a part of this response pass for the next one, so the gateway refuses it.",
    likelyCauses: [
      "Both Content-Length and Transfer-Encoding are set: one by the application, one by the server.",
      "There are two Content-Length fields with different values.",
      "Content-Length is not a number.",
      "More content came than Content-Length announced.",
    ],
    howToCheck: [
      {
        text: "Look at the two fields. There should be one of them, once.",
        command:
          "curl -s --http1.1 -D - -o /dev/null {url} | grep -i -E '^(content-length|transfer-encoding)'",
      },
      {
        text: "Ask with curl, which refuses some of these cases.",
        command: "curl -v --http1.1 -o /dev/null {url}",
      },
    ],
    howToFix: [
      "Set neither field in the application; let the server do it.",
      "In a handler that passes on another server's response, drop its Content-Length and Transfer-Encoding.",
    ],
  },
  unexpected_upgrade: {
    title: "The origin switched protocols without being asked",
    whatHappened:
      "The origin answered 101 Switching Protocols to a request that did not ask for another protocol. What follows on the connection is not HTTP any more.",
    likelyCauses: [
      "The path belongs to a WebSocket endpoint that does not check for the Upgrade field.",
      "The application uses 101 as a status of its own.",
    ],
    howToCheck: [
      {
        text: "Send a plain request. A correct endpoint answers 400 or 426, not 101.",
        command: "curl -v -m 5 --http1.1 -o /dev/null {url}",
      },
    ],
    howToFix: [
      "Let the endpoint answer 426 Upgrade Required when the Upgrade field is missing.",
      "Use another status if no switch is meant.",
    ],
  },
} as const satisfies Record<string, ReasonFacts>;
