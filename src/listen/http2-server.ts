// HTTP/2 for clients: sessions over connections that TLS has secured, their requests on the same line as all others.

import { METHODS } from "node:http";
import { createServer, type Http2Server, type ServerHttp2Session, type Settings } from "node:http2";
import type { TLSSocket } from "node:tls";

import type { GatewayConfig } from "../config/gateway-config.ts";
import type { ClientRequest } from "./client-request.ts";
import type { ClientResponse } from "./client-response.ts";
import { Http2Response } from "./http2-response.ts";
import { type SessionPatience, SessionWatch } from "./session-watch.ts";

/** Gets each request; it is Fastify's own entry to its routes. */
export type RequestListener = (req: ClientRequest, res: ClientResponse) => void;

/** More fields than bytes allow; Node would reset the stream beyond a count, where an answer is wanted. */
const mostFields = 65_535;

/** Megabytes that one client's streams may hold at once: pages of a browser, and uploads. */
const sessionMegabytes = 64;

/** The most bytes of a response's fields: what an origin may send is bounded where it comes from. */
const longestFieldBlock = 64 * 1024 * 1024;

/** Streams that one client may have at the same time, as most servers allow. */
export const mostStreams = 128;

/** Speaks HTTP/2 on connections that it is given. */
export class Http2Listener {
  readonly #server: Pick<Http2Server, "on" | "emit" | "updateSettings">;
  readonly #sessions = new Set<ServerHttp2Session>();
  #patience: SessionPatience;
  #isEnding = false;

  /** `onUnknownMethod` gets what the routes cannot take: HTTP/2 allows any word as a method, and CONNECT. */
  constructor(config: GatewayConfig, onRequest: RequestListener, onUnknownMethod: RequestListener) {
    this.#patience = patienceOf(config);
    this.#server = createServer({
      Http2ServerResponse: Http2Response as never,
      maxHeaderListPairs: mostFields,
      settings: settingsOf(config),
      maxSendHeaderBlockLength: longestFieldBlock,
      maxSessionMemory: sessionMegabytes,
    });
    const listen: RequestListener = (req, res) =>
      METHODS.includes(req.method ?? "") ? onRequest(req, res) : onUnknownMethod(req, res);
    const listener = listen as never; // Node's types know their own response only.
    this.#server.on("request", listener);
    // Node would ask for the body at once; the exchange does, when there is an origin to read it.
    this.#server.on("checkContinue", listener);
    this.#server.on("checkExpectation", listener);
    this.#server.on("connect", onUnknownMethod as never); // No tunnels: a gateway is asked for its own zones.
    this.#server.on("session", (session) => this.#watch(session));
  }

  /** Applies what another configuration says of clients' connections, to those that are to come. */
  adapt(config: GatewayConfig): void {
    this.#patience = patienceOf(config);
    this.#server.updateSettings(settingsOf(config));
  }

  /** Begins a session on a client's connection. */
  take(socket: TLSSocket): void {
    this.#server.emit("connection", socket);
  }

  /**
   * Tells every client which of its requests were the last (RFC 9113 §6.8), and ends each session with the last of them. What is on its
   * way here meanwhile reaches no origin, and its client knows that. Node has no way to give notice first: see decisions/0025.
   */
  close(): void {
    this.#isEnding = true;
    for (const session of this.#sessions) session.close();
  }

  #watch(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    if (this.#isEnding) session.close();
    session.once("close", () => this.#sessions.delete(session));
    new SessionWatch(session, this.#patience);
  }
}

function patienceOf({ timeouts }: GatewayConfig): SessionPatience {
  return { idleMs: timeouts.clientIdleMs, bodyIdleMs: timeouts.bodyIdleMs };
}

function settingsOf({ limits }: GatewayConfig): Settings {
  return {
    maxHeaderListSize: limits.requestHeaderBytes * 2, // Twice the limit comes through, so that there is a request to refuse.
    maxConcurrentStreams: mostStreams,
  };
}
