// Failures of the last step: the connection stands, and the origin's answer is missing, late or wrong.
// Merged with the other phases in explanations.ts.

import type { Explanation } from "../explanation.ts";

/** Explanations of the failure types of phase `http`. */
export const httpExplanations = {
  connection_terminated: {
    whatHappened:
      "The connection to the origin was up and the request was on its way. Then the origin ended the connection without one byte of response.",
    likelyCauses: [
      "The origin's process crashed, was killed or restarted while it had this request.",
      "Something in front of it took the connection and found nothing behind: Docker can do this when the program in the container listens on 127.0.0.1 only.",
      "The port expects TLS, or a PROXY protocol header, and got plain HTTP.",
      "A firewall or security plugin at the origin cuts requests that it does not like.",
      "The origin closed a kept-alive connection in the moment in which it was used again.",
    ],
    howToCheck: [
      {
        text: "Send the request straight to the origin. “Empty reply from server” and “Connection reset by peer” are this failure.",
        command: "curl -v {url}",
      },
      {
        text: "Read the origin's own log at this time. No entry at all means that the request never got as far as the application.",
      },
      {
        text: "On the origin's machine (Linux), see whether the kernel killed a process for lack of memory.",
        command: "sudo dmesg -T | grep -i -E 'out of memory|segfault'",
      },
    ],
    howToFix: [
      "If the process crashes, repair what its log or its exit status names.",
      "In a container, let the program listen on 0.0.0.0.",
      "If the port wants TLS, give the origin as https:// in the config.",
      "Allow the gateway's address in the origin's firewall or security plugin.",
    ],
  },
  connection_write_timeout: {
    whatHappened:
      "The gateway was sending the request, and the origin stopped taking it in. The connection stayed open, but nothing more could be written until the time limit was over.",
    likelyCauses: [
      "The application does not read the request's content, and the network buffers are full.",
      "The origin is overloaded, or its process hangs.",
      "The origin writes an upload to a disk that is full or very slow.",
    ],
    howToCheck: [
      {
        text: "Send a large upload straight to the origin, on a path where this does no harm. See whether the progress stops.",
        command: "head -c 50000000 /dev/zero | curl -v -X POST -T - -o /dev/null {url}",
      },
      {
        text: "On the origin's machine (Linux), look at the connection. A Recv-Q that stays high means that the program does not read.",
        command: "ss -tn 'sport = :{port}'",
      },
      {
        text: "On the origin's machine, see whether a disk is full.",
        command: "df -h",
      },
    ],
    howToFix: [
      "Let the application read the whole content, or answer at once with 413 and close if it does not want it.",
      "Find what blocks the process: a lock, a slow disk, another service that it waits for.",
      "If the origin is slow by nature, raise timeouts.writeMs.",
    ],
  },
  connection_read_timeout: {
    whatHappened:
      "The origin began to answer and then fell silent. The connection stayed open, but nothing more came until the time limit was over.",
    likelyCauses: [
      "The application waits for something in the middle of its answer: a query, a lock, another service.",
      "It produces an event stream or a long download, with longer pauses than the gateway allows.",
      "Its Content-Length promises more bytes than it sends.",
      "The network lost the connection without either side being told.",
    ],
    howToCheck: [
      {
        text: "Ask the origin directly, with a time stamp on every step. See where the pause is, and how long.",
        command: "curl -v --trace-time -N -o /dev/null {url}",
      },
      {
        text: "Compare the Content-Length in the response with the bytes that really come. curl reports a transfer that ends short.",
        command: "curl -s -D - -o /dev/null -m 60 {url}",
      },
    ],
    howToFix: [
      "Repair what the application waits for.",
      "In an event stream, send a comment line or a heartbeat more often than the limit.",
      "Make Content-Length match the content, or leave it to the server to set.",
      "If long pauses are normal for this site, raise timeouts.bodyIdleMs.",
    ],
  },
  http_response_timeout: {
    whatHappened:
      "The origin accepted the connection and the request, and then sent no response. The gateway waited until its time limit was over.",
    likelyCauses: [
      "The application is slow here: a long query, a report, an export, a call to another service that hangs.",
      "A code path in the application never answers: a forgotten response, a promise that is never settled.",
      "All workers of the origin are busy, and the request waits for its turn.",
      "Somebody has stopped the process in a debugger.",
    ],
    howToCheck: [
      {
        text: "Ask the origin directly and time it. If it takes as long here, the time is lost at the origin.",
        command: "time curl -s -o /dev/null {url}",
      },
      {
        text: "Ask the same origin for something trivial, such as a static file. If that hangs too, the whole server is stuck, not this path.",
      },
      {
        text: "Look at what the process is doing while it hangs: its slow-query log, its thread dump, its CPU.",
      },
    ],
    howToFix: [
      "Make the slow part faster, or give the calls that it makes a time limit of their own.",
      "For work that takes minutes, answer 202 at once, do the work in the background, and let the client ask for the result.",
      "Give the origin more workers if they are all busy.",
      "If the wait is right, raise timeouts.responseMs for this zone.",
    ],
  },
  http_response_incomplete: {
    whatHappened:
      "The origin began a response and did not finish it: the connection ended, or nothing more came, before the last byte that was promised.",
    likelyCauses: [
      "The origin's process crashed or restarted while it was sending.",
      "A time limit at the origin, or in front of it, cut the response off.",
      "Content-Length is larger than the content, often because it was counted in characters instead of bytes, or before compression.",
      "The network between gateway and origin broke.",
    ],
    howToCheck: [
      {
        text: "Ask the origin directly. curl says “transfer closed with … bytes remaining to read” if the response ends short.",
        command: "curl -sS -v -o /dev/null {url}",
      },
      {
        text: "Count the bytes and compare them with Content-Length.",
        command: "curl -s -D /dev/stderr {url} | wc -c",
      },
      {
        text: "Read the origin's own log for a crash, a restart or a worker that was killed at this time.",
      },
    ],
    howToFix: [
      "Do not set Content-Length by hand. If you must, count bytes, after any compression.",
      "If the process crashes in the middle of a response, repair what its log names.",
      "Raise the limit that cuts the response off, or send the response faster.",
    ],
  },
  http_response_header_section_size: {
    whatHappened:
      "The header fields of the origin's response are larger than the gateway accepts, all of them together. It stopped reading.",
    likelyCauses: [
      "The application sets a great many cookies, or very large ones.",
      "It puts data in a header field: a token, a debug trace, a serialised session.",
      "A bug adds the same field again and again, for example in a loop or in every middleware.",
    ],
    howToCheck: [
      {
        text: "Count the bytes of the header section. The gateway's default limit is 131072 (128 KiB).",
        command: "curl -s -D - -o /dev/null {url} | wc -c",
      },
      {
        text: "See which fields come, and how often.",
        command: "curl -s -D - -o /dev/null {url} | cut -c 1-80 | sort",
      },
    ],
    howToFix: [
      "Keep sessions on the server, and only their identifier in the cookie.",
      "Move large data from header fields into the content.",
      "Remove the duplicate field.",
      "If the size is intended, raise limits.responseHeaderBytes.",
    ],
  },
  http_response_transfer_coding: {
    whatHappened:
      "The response says that it is cut into chunks (Transfer-Encoding), and the chunks are not well formed. The gateway cannot know where the content ends.",
    likelyCauses: [
      "The application sets Transfer-Encoding: chunked by hand but writes the content without chunk sizes.",
      "Something in front of the application removed the chunks and left the field.",
      "The response was put together by hand, with wrong sizes or line ends.",
    ],
    howToCheck: [
      {
        text: "Look at the raw chunks. Each must be a size in hexadecimal, CRLF, that many bytes, CRLF; the last has size 0.",
        command: "curl -s --http1.1 --raw {url} | head -c 512 | xxd",
      },
      {
        text: "See which framing fields the response has. It should have Content-Length or Transfer-Encoding, not both.",
        command: "curl -s --http1.1 -D - -o /dev/null {url}",
      },
    ],
    howToFix: [
      "Leave Transfer-Encoding to the server or framework; do not set it in the application.",
      "In a handler that passes on another server's response, drop that response's Transfer-Encoding field.",
    ],
  },
  http_response_content_coding: {
    whatHappened:
      "The response says that its content is compressed (Content-Encoding), and the content cannot be decompressed.",
    likelyCauses: [
      "The content is not compressed at all, and the field was left over from an earlier step.",
      "It was compressed twice, or changed after it was compressed.",
      "A stale Content-Length, counted before compression, cuts it short.",
      "A damaged file was served, for example a cached .gz that was only half written.",
    ],
    howToCheck: [
      {
        text: "Ask for gzip and test it. No output means that it is sound.",
        command: "curl -s -H 'Accept-Encoding: gzip' {url} | gzip -t",
      },
      {
        text: "Look at the first bytes. gzip begins with 1f 8b.",
        command: "curl -s -H 'Accept-Encoding: gzip' {url} | head -c 16 | xxd",
      },
    ],
    howToFix: [
      "Compress in one place only: in the application, or in the server in front of it.",
      "When content is decompressed on the way, remove Content-Encoding and Content-Length with it.",
      "Let the server compute Content-Length after compression.",
    ],
  },
  http_upgrade_failed: {
    whatHappened:
      "The client asked to switch the connection to another protocol, usually WebSocket, and the origin did not carry the switch through.",
    likelyCauses: [
      "The path is not a WebSocket endpoint, or the WebSocket server is not running.",
      "A server in front of the application does not pass on the Upgrade and Connection fields.",
      "The application refused the handshake: a wrong Origin field, a missing token.",
      "The origin closed the connection during the switch.",
    ],
    howToCheck: [
      {
        text: "Make the WebSocket handshake by hand. A working endpoint answers 101 Switching Protocols.",
        command:
          "curl -v -m 5 --http1.1 -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' {url}",
      },
      {
        text: "Read the origin's own log: most WebSocket libraries say why they refused.",
      },
    ],
    howToFix: [
      "Correct the path, and start the WebSocket server.",
      "In nginx in front of the application, use HTTP/1.1 and set the fields Upgrade and Connection for this location.",
      "Add the site's address to the application's list of allowed origins.",
    ],
  },
  http_protocol_error: {
    whatHappened:
      "The origin answered, but the bytes are not a valid HTTP response. The gateway does not guess what they might mean.",
    likelyCauses: [
      "The port belongs to something else: a database, SSH, a mail server, or HTTPS where the gateway spoke plain HTTP.",
      "The application writes the response itself and gets the status line or a field wrong.",
      "Text from a script or a debug message comes before the status line.",
      "The response has two contradictory lengths.",
    ],
    howToCheck: [
      {
        text: "Look at the first bytes of the answer. HTTP/1.1 begins with the letters HTTP/.",
        command:
          "printf 'GET / HTTP/1.1\\r\\nHost: {name}\\r\\nConnection: close\\r\\n\\r\\n' | nc -w 5 {host} {port} | head -c 256 | xxd",
      },
      {
        text: "For an origin with TLS, look through TLS.",
        command:
          "printf 'GET / HTTP/1.1\\r\\nHost: {name}\\r\\nConnection: close\\r\\n\\r\\n' | openssl s_client -quiet -connect {host}:{port} -servername {name} 2>/dev/null | head -c 256 | xxd",
      },
      {
        text: "Ask with curl, which names most violations.",
        command: "curl -v --http1.1 -o /dev/null {url}",
      },
    ],
    howToFix: [
      "Correct the port or the scheme of the origin.",
      "Let a web server or framework write the status line, the fields and the framing.",
      "Remove output that the application writes before the response.",
    ],
  },
} as const satisfies Record<string, Explanation>;
