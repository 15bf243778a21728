// Which requests are under way on which client connection, so that one listener per connection learns that a client left.

import type { Server } from "node:http";
import type { Socket } from "node:net";

import type { ExchangeContext } from "../exchange-context.ts";
import { isHttp2 } from "./client-request.ts";

const underWay = Symbol("requests under way");

type TrackedSocket = Socket & { [underWay]?: Set<ExchangeContext> };

/** The request that came last of those under way on an HTTP/1.1 connection; null if there is none. */
export function lastUnderWay(socket: TrackedSocket): ExchangeContext | null {
  return [...(socket[underWay] ?? [])].at(-1) ?? null;
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
    else ((req.socket as TrackedSocket)[underWay] ??= new Set()).add(context);
  }

  delete(context: ExchangeContext): void {
    const { req } = context;
    if (!isHttp2(req)) (req.socket as TrackedSocket)[underWay]?.delete(context);
  }

  #closed(socket: TrackedSocket): void {
    for (const context of socket[underWay] ?? []) this.#onLeft(context);
    delete socket[underWay];
  }
}
