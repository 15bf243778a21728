// The origin in Node, where nginx is not installed: slower than some of the gateways, which the report says.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";

const place = JSON.parse(process.argv[2]);
const chunk = Buffer.alloc(65_536, "x");
const sizes = { "/1k": 1_024, "/browser": 1_024, "/1m": 1_000_000, "/100m": 100_000_000 };

function answer(req, res) {
  if (req.url === "/upload") {
    req.resume().on("end", () => res.end("read"));
    return;
  }
  const bytes = sizes[req.url] ?? 0;
  const fields = req.url === "/browser" ? place.browserFields : {};
  res.writeHead(bytes === 0 ? 404 : 200, { ...fields, "Content-Length": bytes });
  send(res, bytes);
}

/** Goes on when the socket has taken what it had. */
function send(res, bytes) {
  let left = bytes;
  while (left > 0) {
    const part = left < chunk.length ? chunk.subarray(0, left) : chunk;
    left -= part.length;
    if (!res.write(part) && left > 0) {
      const rest = left;
      res.once("drain", () => send(res, rest));
      return;
    }
  }
  res.end();
}

const secure = ({ cert, key }) => ({ cert: readFileSync(cert), key: readFileSync(key) });
const idle = { keepAliveTimeout: 600_000 };
createServer(idle, answer).listen(place.http, "127.0.0.1", 8_192);
createSecureServer({ ...idle, ...secure(place.good) }, answer).listen(place.https, "127.0.0.1");
createSecureServer(secure(place.expired), answer).listen(place.broken, "127.0.0.1");
