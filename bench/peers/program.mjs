// What the Node peers' programs have in common: what they are told, two workers, and a server over HTTP or HTTPS.

import cluster from "node:cluster";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";

/** The setup (see compare/peer.ts), with PEM texts in place of files and the origin's URL. */
export function toldSetup() {
  const setup = JSON.parse(process.argv[2]);
  const { origin, originCa, tls } = setup;
  return {
    ...setup,
    host: "127.0.0.1",
    target: `${origin.scheme}://127.0.0.1:${origin.port}`,
    ca: readFileSync(originCa),
    tls: tls && { cert: readFileSync(tls.cert), key: readFileSync(tls.key) },
  };
}

/** Serves here, or in as many workers as there are to be. */
export function serveInWorkers(serve) {
  const setup = toldSetup();
  if (setup.workers === 1 || !cluster.isPrimary) {
    serve(setup);
    return;
  }
  for (let worker = 0; worker < setup.workers; worker += 1) cluster.fork();
}

/** A server of Node's own. */
export function listen({ tls, port, host }, onRequest) {
  const server = tls === null ? createServer(onRequest) : createSecureServer(tls, onRequest);
  server.listen(port, host);
}

/** What the peers' own pages do when an origin fails. */
export function answerBadGateway(res) {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  res.statusCode = 502;
  res.end("Bad Gateway");
}

/** Options for `Fastify()` that make it listen as it has to. */
export function fastifyOptions({ tls, http2 }) {
  if (tls === null) return {};
  return http2 ? { http2: true, https: { ...tls, allowHTTP1: true } } : { https: tls };
}
