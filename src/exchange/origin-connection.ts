// One connection to an origin, with the undici client that speaks HTTP/1.1 on it. Our connector is all that undici dials with.

import { Client, type Dispatcher } from "undici";

import { ExchangeError } from "../classify/exchange-error.ts";
import type { Connection } from "../connect/connect.ts";
import { Wire } from "../connect/wire.ts";
import type { OriginLane } from "./origin-lane.ts";
import { inRealTime } from "./real-time.ts";

/** Limits of one connection. */
export interface ConnectionLimits {
  /** Bytes of a response's header section, interim responses counted apart. */
  readonly responseHeaderBytes: number;
  readonly waits: ConnectionWaits;
}

/** How long a connection waits, in milliseconds. */
export interface ConnectionWaits {
  /** For which it may idle, unless the origin names a shorter time. */
  readonly keepAliveMs: number;
}

/** A connected socket, its watch, and its HTTP client. Carries one request at a time. */
export class OriginConnection implements OriginLane {
  readonly connection: Connection;
  readonly wire: Wire;
  /** Requests that were given to it so far. */
  requests = 0;
  #connection: Connection["socket"] | null;
  readonly #client: Client;

  constructor(connection: Connection, limits: ConnectionLimits) {
    this.connection = connection;
    this.#connection = connection.socket;
    this.wire = new Wire(connection.socket, limits.responseHeaderBytes);
    // http: whatever the socket is, so that undici never compares server names; the socket is secured already.
    this.#client = new Client("http://origin.invalid", {
      connect: (_options, callback) => this.#handOver(callback),
      pipelining: 1,
      headersTimeout: 0, // Deadlines are ours, and exact; undici's timers are coarse.
      bodyTimeout: 0,
      maxHeaderSize: limits.responseHeaderBytes,
      keepAliveTimeout: limits.waits.keepAliveMs,
      keepAliveTimeoutThreshold: 1_000, // Be gone a second before the origin is.
    });
  }

  /** Whether another request may be tried on it. */
  get isUsable(): boolean {
    const { socket, isEnded, error } = this.wire;
    return !socket.destroyed && !isEnded && error === null;
  }

  /** Writes a request; the handler's `onError` is called for whatever goes wrong. */
  send(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.requests += 1;
    inRealTime(() => this.#client.dispatch(request, handler));
  }

  /** Closes at once, whatever is under way. */
  destroy(): void {
    // With an error, or undici would take the end of a close-delimited response that was given up for its regular end.
    this.wire.socket.destroy(new ExchangeError("CONNECTION_SPENT", "given up"));
  }

  finish(): boolean {
    return this.isUsable;
  }

  /** Gives undici the socket, once; when that is gone, so is this connection. */
  #handOver(callback: (...result: [null, Connection["socket"]] | [Error, null]) => void): void {
    const socket = this.#connection;
    this.#connection = null;
    // Not before undici has returned from asking: it would not notice that it may write.
    queueMicrotask(() => {
      if (socket === null)
        callback(
          new ExchangeError("CONNECTION_SPENT", "the origin closed the kept connection"),
          null,
        );
      else inRealTime(() => callback(null, socket));
    });
  }
}
