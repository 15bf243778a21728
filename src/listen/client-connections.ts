// Which requests are under way on which client connection, so that one listener per connection learns that a client left.

import type { Server } from "node:http";
import type { Socket } from "node:net";

import type { ExchangeContext } from "../exchange-context.ts";
import { isHttp2 } from "./client-request.ts";
import { mostStreams } from "./http2-server.ts";
import { readNoFurther } from "./linger.ts";

const underWay = Symbol("requests under way");

type TrackedSocket = Socket & { [underWay]?: Set<ExchangeContext> };

/** Requests that may be under way on one connection: as many as HTTP/2 has streams. */
const mostPipelined = mostStreams;

/** The request that came last of those under way on an HTTP/1.1 connection; null if there is none. */
export function lastUnderWay(socket: TrackedSocket): ExchangeContext | null {
  return [...(socket[underWay] ?? [])].at(-1) ?? null;
}

/** HTTP/1.1 connections that go on in another protocol. */
const tunnels = new WeakSet<Socket>();

/** Whether an HTTP/1.1 connection carries a request, or has become a tunnel. */
export function isBusy(socket: TrackedSocket): boolean {
  return (socket[underWay]?.size ?? 0) > 0 || tunnels.has(socket);
}

/** Calls `onLeft` for every request that is not over when its client's connection closes. */
export class ClientConnections {
  readonly #onLeft: (context: ExchangeContext) => void;

  constructor(server: Server, onLeft: (context: ExchangeContext) => void) {
    this.#onLeft = onLeft;
    server.on("connection", (socket: TrackedSocket) => {
      socket.on("close", () => this.#closed(socket));
    });
  }

  add(context: ExchangeContext): void {
    const { req } = context;
    // One of many on its connection: only its own stream tells.
    if (isHttp2(req)) req.stream.once("close", () => this.#onLeft(context));
    else this.#pipeline(context, req.socket);
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
    if (!isHttp2(req)) (req.socket as TrackedSocket)[underWay]?.delete(context);
  }

  /** Its connection is a tunnel from now on, which hears of the client's end by itself. */
  becomesTunnel(context: ExchangeContext): void {
    this.delete(context);
    if (!isHttp2(context.req)) tunnels.add(context.req.socket);
  }

  #closed(socket: TrackedSocket): void {
    for (const context of socket[underWay] ?? []) this.#onLeft(context);
    delete socket[underWay];
  }
}
