// An origin that is a process of its own, so that it can be killed: `node origin-program.mjs NAME PORT [CERTIFICATE KEY]`. What a request
// asks of it stands in the query: `delay` milliseconds before the head, then `size` bytes in `parts`, `pause` milliseconds apart;
// `close` ends the connection after it.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";

/** Below the ports that the kernel gives away, or somebody else might have this one while the origin is down. */
const [firstPort, lastPort] = [20_000, 32_000];

const [name, wantedPort, certFile, keyFile] = process.argv.slice(2);
let port = Number(wantedPort);

/** `well`; `closes` and `fails` answer nothing but checks; `down` does not listen. */
let state = "well";

function serve(req, res) {
  // Said by hand, it goes without the time for which a connection is kept: the gateway's own counts.
  res.setHeader("Connection", "keep-alive");
  if (state === "down") res.setHeader("Connection", "close"); // The last request of its connection.
  if (req.url === "/health") return res.end("well");
  if (state === "closes") return req.socket.destroy();
  if (state === "fails") return res.writeHead(500).end("out of order");
  let received = 0;
  req.on("data", (bytes) => {
    received += bytes.length;
  });
  req.on("error", () => {}); // The gateway has left.
  req.on("end", () => {
    const query = new URL(req.url, "http://origin").searchParams;
    const number = (key, usual) => Number(query.get(key) ?? usual);
    if (query.has("close")) res.setHeader("Connection", "close");
    setTimeout(() => answer(res, received, number), number("delay", 0));
  });
}

const server =
  certFile === undefined
    ? createServer(serve)
    : createSecureServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, serve);

function answer(res, received, number) {
  const [size, parts] = [number("size", 100), number("parts", 1)];
  res.writeHead(200, {
    "Content-Type": "text/plain",
    "Content-Length": size,
    "X-Origin": name,
    "X-Received": received,
  });
  if (res.req.method === "HEAD") return res.end();
  if (parts === 1) return res.end("x".repeat(size));
  let left = size;
  const timer = setInterval(
    () => {
      const part = Math.min(left, Math.ceil(size / parts));
      left -= part;
      res.write("x".repeat(part));
      if (left > 0 && !res.destroyed) return;
      clearInterval(timer);
      res.end();
    },
    number("pause", 0),
  );
  res.flushHeaders();
}

// Whoever keeps a connection closes it first: closing one that is just being used again would be a fault.
server.keepAliveTimeout = 60_000;

server.on("listening", () => {
  port = server.address().port;
  process.send({ port });
});
server.on("error", (error) => {
  if (error.code !== "EADDRINUSE" || wantedPort !== "0") throw error;
  listen();
});

function listen() {
  const anyPort = firstPort + Math.floor(Math.random() * (lastPort - firstPort));
  server.listen(port === 0 ? anyPort : port, "127.0.0.1");
}

process.on("message", (wanted) => {
  const wasDown = state === "down";
  state = wanted;
  if (wanted === "down") server.close(); // Requests under way have their answer.
  if (wasDown && wanted !== "down") return listen(); // Says so itself.
  process.send({ port });
});
process.on("disconnect", () => process.exit());

listen();
