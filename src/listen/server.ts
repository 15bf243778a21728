// The front door: Fastify on HTTP, with everything switched off that would read, judge or answer a request before the line does.

import { once } from "node:events";
import { type IncomingMessage, METHODS, type Server } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import { setImmediate } from "node:timers";

import fastify, { type FastifyInstance } from "fastify";

import type { GatewayConfig } from "../config/gateway-config.ts";
import { lastUnderWay } from "./client-connections.ts";
import { Http1Response } from "./http1-response.ts";
import { acceptUpgrades } from "./upgrades.ts";

/** What every path is rewritten to: one route for all of them. identify reads the original. */
export const everyPath = "/";

/** Gets what Node's parser could not read, or, with its head, what asks for a tunnel. */
export type MalformedListener = (
  code: string | undefined,
  socket: Socket,
  req?: IncomingMessage,
) => void;

/** No route has a schema. Without a word about compilers Fastify would load its own. */
const noCompilers = {
  buildValidator: () => () => {
    throw new Error("the front door checks no schemas");
  },
  buildSerializer: () => () => {
    throw new Error("the front door serialises by no schemas");
  },
};

/** Makes a server whose request ids are the ray ids that `newRay` gives. */
export function createServer(
  config: GatewayConfig,
  newRay: () => string,
  onMalformed: MalformedListener,
): FastifyInstance {
  const { timeouts } = config;
  const app = fastify({
    logger: false,
    schemaController: { compilersFactory: noCompilers },
    genReqId: newRay,
    rewriteUrl: () => everyPath,
    exposeHeadRoutes: false,
    keepAliveTimeout: timeouts.clientIdleMs,
    return503OnClosing: false, // What comes over a connection that is still open is answered like everything else.
    requestTimeout: 0, // Uploads may take long; a stalled one ends by bodyIdleMs.
    pluginTimeout: 0, // Ours are quick, and in a test the clock may be put forward.
    forceCloseConnections: "idle",
    http: {
      maxHeaderSize: largestHead(config),
      connectionsCheckingInterval: checkEveryMs(timeouts.clientHeadMs),
      insecureHTTPParser: false,
      ServerResponse: Http1Response as never, // Fastify types its options after the class it knows.
      requireHostHeader: false, // Node's own refusal has no ray id, and nobody would hear of it.
    },
    clientErrorHandler: (error, socket) => onMalformed(error.code, socket),
  });
  // Bodies are streams, never parsed: to Fastify no method has one.
  for (const method of METHODS.filter((name) => name !== "CONNECT")) {
    app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  }
  adaptServer(app, config);
  app.server.on("timeout", onSilence);
  app.server.maxHeadersCount = 0; // Their bytes are bounded; Node would drop what is beyond a count, without a word.
  // Node would ask for the body at once; the exchange does, when there is an origin to read it.
  app.server.on("checkContinue", (req, res) => app.server.emit("request", req, res));
  app.server.on("checkExpectation", (req, res) => app.server.emit("request", req, res));
  // No tunnels: a gateway is asked for its own zones. Node alone would close without a word.
  app.server.on("connect", (req, socket: Socket) => {
    socket.on("error", () => {}); // Node has taken its own listener off, and the client may be gone.
    onMalformed("CONNECT", socket, req);
  });
  acceptUpgrades(app.server);
  return app;
}

/** Applies what another configuration says of clients' connections. A head may be as large as it says on those that are to come. */
export function adaptServer({ server }: FastifyInstance, config: GatewayConfig): void {
  const adapted: typeof server & { maxHeaderSize?: number } = server;
  const { clientIdleMs, clientHeadMs, bodyIdleMs } = config.timeouts;
  adapted.keepAliveTimeout = clientIdleMs;
  adapted.headersTimeout = clientHeadMs;
  adapted.timeout = bodyIdleMs;
  adapted.maxHeaderSize = largestHead(config); // Node reads it with each connection, although it only documents the option.
}

/** Heads that take too long are looked for so often, in milliseconds. */
function checkEveryMs(clientHeadMs: number): number {
  return Math.min(5_000, Math.ceil(clientHeadMs / 4));
}

/**
 * Not a byte has passed for a while, either way. A request under way may wait for its origin; but what has been answered
 * has to be read.
 */
function onSilence(socket: Socket): void {
  const { bytesRead } = socket;
  // Where the process is late, a request may be here already, unread.
  setImmediate(() => {
    if (socket.bytesRead > bytesRead) return;
    if (lastUnderWay(socket) === null || socket.writableLength > 0) socket.destroy();
  });
}

/** As much of a head as any zone takes: `identify` knows the zone, and tells a long URL from long fields. */
function largestHead({ limits, zones }: GatewayConfig): number {
  const every = [limits, ...zones.map((zone) => zone.limits)];
  const fields = Math.max(...every.map(({ requestHeaderBytes }) => requestHeaderBytes));
  return fields + Math.max(...every.map(({ urlBytes }) => urlBytes));
}

/** Stops listening, and resolves when the last connection is gone. Node's own way would close idle connections at once. */
export async function stopListening(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  NetServer.prototype.close.call(server);
  await closed;
}
