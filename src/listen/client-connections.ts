// Which requests are under way on which client connection: one listener per connection learns that a client left, and who ends the
// gateway learns what there is still to wait for.

import type { Server } from "node:http";
import type { Socket } from "node:net";

import type { ExchangeContext } from "../exchange-context.ts";
import { isHttp2 } from "./client-request.ts";
import { mostStreams } from "./http2-server.ts";
import { isLingering, readNoFurther } from "./linger.ts";

const underWay = Symbol("requests under way");

type TrackedSocket = Socket & { [underWay]?: Set<ExchangeContext> };

/** Requests that may be under way on one connection: as many as HTTP/2 has streams. */
const mostPipelined = mostStreams;

/** The request that came last of those under way on an HTTP/1.1 connection; null if there is none. */
export function lastUnderWay(socket: TrackedSocket): ExchangeContext | null {
  return [...(socket[underWay] ?? [])].at(-1) ?? null;
}

/** Since when a connection has had nothing to do, in milliseconds of `performance.now()`, and what it had read by then. */
interface Quiet {
  readonly since: number;
  readonly bytesRead: number;
}

/** Calls `onLeft` for every request that is not over when its client's connection closes. */
export class ClientConnections {
  readonly #onLeft: (context: ExchangeContext) => void;
  /** Those that speak HTTP/1.1. */
  readonly #sockets = new Set<TrackedSocket>();
  /** Over HTTP/2. */
  readonly #streams = new Set<ExchangeContext>();
  /** Kept while the gateway ends; null before. */
  #quiet: WeakMap<Socket, Quiet> | null = null;

  constructor(server: Server, onLeft: (context: ExchangeContext) => void) {
    this.#onLeft = onLeft;
    server.on("connection", (socket: TrackedSocket) => {
      if (this.#sockets.has(socket)) return; // Given back to the parser.
      this.#sockets.add(socket);
      socket.on("close", () => this.#closed(socket));
    });
  }

  add(context: ExchangeContext): void {
    const { req, res } = context;
    if (this.#quiet !== null) res.closeAfter();
    if (isHttp2(req)) {
      // One of many on its connection: only its own stream tells.
      this.#streams.add(context);
      req.stream.once("close", () => {
        this.#streams.delete(context);
        this.#onLeft(context);
      });
    } else this.#pipeline(context, req.socket);
  }

  /** What comes behind too many requests is not begun; after their answers the connection ends. @see RFC 9112 §9.3.2 */
  #pipeline(context: ExchangeContext, socket: TrackedSocket): void {
    const contexts = (socket[underWay] ??= new Set());
    if (contexts.size === mostPipelined) {
      lastUnderWay(socket)?.res.closeAfter();
      readNoFurther(socket);
    }
    contexts.add(context);
  }

  delete(context: ExchangeContext): void {
    const { req } = context;
    if (isHttp2(req)) this.#streams.delete(context);
    else (req.socket as TrackedSocket)[underWay]?.delete(context);
  }

  /** Requests without their whole response. */
  get underWay(): readonly ExchangeContext[] {
    return [
      ...this.#streams,
      ...[...this.#sockets].flatMap((socket) => [...(socket[underWay] ?? [])]),
    ];
  }

  /** From now on every answer over HTTP/1.1 says that it is its connection's last, if it has not begun. */
  beginEnd(): void {
    this.#quiet = new WeakMap();
    for (const { res } of this.underWay) if (!res.headersSent) res.closeAfter();
  }

  /** Closes the connections on which nothing has been under way, and no byte has come, for so many milliseconds of the end. */
  closeQuiet(quietMs: number): void {
    const now = performance.now();
    for (const socket of this.#sockets) {
      if ((socket[underWay]?.size ?? 0) > 0 || isLingering(socket)) this.#quiet?.delete(socket);
      else if (now - this.#quietSince(socket, now) >= quietMs) socket.destroy();
    }
  }

  /** Closes all that there are. */
  closeAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #quietSince(socket: Socket, now: number): number {
    const { bytesRead } = socket;
    const known = this.#quiet?.get(socket);
    if (known?.bytesRead === bytesRead) return known.since;
    this.#quiet?.set(socket, { since: now, bytesRead });
    return now;
  }

  #closed(socket: TrackedSocket): void {
    this.#sockets.delete(socket);
    for (const context of socket[underWay] ?? []) this.#onLeft(context);
    delete socket[underWay];
  }
}
