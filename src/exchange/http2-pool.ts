// The HTTP/2 side of a pool: connections that several requests share, one that is being made for several, and what was learned
// of the origin.

import type { Connection, ConnectOptions, ConnectProgress } from "../connect/connect.ts";
import { PhaseError } from "../connect/phase-error.ts";
import { Http2Connection, type Http2ConnectionOwner } from "./http2-connection.ts";
import type { ConnectionLimits } from "./origin-connection.ts";
import type { OriginStream } from "./origin-stream.ts";

/** Streams at a time, until the origin says how many. @see Cloudflare docs, "HTTP/2 to Origin"; RFC 9113 §6.5.2 */
const usualStreams = 100;

/** For how long an origin that asked for HTTP/1.1 gets it, in milliseconds. */
const http1Ms = 300_000;

/** What the connections of one origin tell its pool. */
export interface Http2PoolOwner {
  onFree(connection: Http2Connection): void;
  onClosed(): void;
}

/** HTTP/2 connections to one origin. */
export class Http2Pool implements Http2ConnectionOwner {
  readonly #limits: ConnectionLimits;
  readonly #owner: Http2PoolOwner;
  readonly #connections = new Set<Http2Connection>();
  /** What the origin said last of how many streams it takes. */
  #streamLimit = usualStreams;
  /** The last choice of the origin was HTTP/1.1. */
  #choseHttp1 = false;
  #http1Until = 0;

  constructor(limits: ConnectionLimits, owner: Http2PoolOwner) {
    this.#limits = limits;
    this.#owner = owner;
  }

  get size(): number {
    return this.#connections.size;
  }

  get idle(): number {
    let count = 0;
    for (const { isIdle } of this.#connections) if (isIdle) count += 1;
    return count;
  }

  /** The origin is not known to want HTTP/1.1. */
  get isWelcome(): boolean {
    return performance.now() >= this.#http1Until;
  }

  /** A new connection will probably be good for many requests. */
  get isExpected(): boolean {
    return this.isWelcome && !this.#choseHttp1;
  }

  /** A stream of a connection that is good for this host; null if there is none. */
  take(requestHost: string): OriginStream | null {
    for (const connection of this.#connections) {
      const stream = connection.isUsable ? connection.take(requestHost) : null;
      if (stream !== null) return stream;
    }
    return null;
  }

  add(connection: Connection): Http2Connection {
    this.#choseHttp1 = false;
    const added = new Http2Connection(connection, this.#limits, this.#streamLimit, this);
    this.#connections.add(added);
    return added;
  }

  /** An origin that was offered HTTP/2 chose HTTP/1.1. */
  refused(): void {
    this.#choseHttp1 = true;
  }

  /** Gives up a connection that nobody uses; false if there is none. */
  evictIdle(): boolean {
    for (const connection of this.#connections) {
      if (!connection.isIdle) continue;
      connection.retire();
      return true;
    }
    return false;
  }

  /** Gives up every connection that nobody uses. */
  evictAllIdle(): void {
    for (const connection of this.#connections) if (connection.isIdle) connection.retire();
  }

  close(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  onFree(connection: Http2Connection): void {
    this.#owner.onFree(connection);
  }

  /** A new connection starts with what the last one was told: a limit of 1 should not cost each time. */
  onLimit(streams: number): void {
    this.#streamLimit = Math.max(1, Math.min(streams, usualStreams));
  }

  onHttp1Required(): void {
    this.#http1Until = performance.now() + http1Ms;
  }

  onClosed(connection: Http2Connection): void {
    if (this.#connections.delete(connection)) this.#owner.onClosed();
  }
}

/** A connection that is being made for everybody who asks meanwhile. It is given up when all of them have left. */
export class SharedOpening<T extends { destroy(): void }> {
  readonly #abort = new AbortController();
  readonly #progress: ConnectProgress = { dnsMs: null, tcpMs: null, tlsMs: null, originIp: "" };
  readonly #result: Promise<T>;
  #waiting = 0;
  #isClaimed = false;

  constructor(options: ConnectOptions, open: (options: ConnectOptions) => Promise<T>) {
    this.#result = open({ ...options, progress: this.#progress, signal: this.#abort.signal });
    this.#result.then(
      (opened) => {
        if (this.#waiting === 0) opened.destroy();
      },
      () => {}, // Everybody who waits hears of it by themselves.
    );
  }

  /** True for the first to ask: what was opened is good for one only. */
  claim(): boolean {
    const isFirst = !this.#isClaimed;
    this.#isClaimed = true;
    return isFirst;
  }

  /** Rejects as the opening does, or with PhaseError `ABORTED` when this one leaves. */
  async join({ signal, progress }: ConnectOptions): Promise<T> {
    this.#waiting += 1;
    const left = new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(new PhaseError("tcp", "ABORTED")), {
        once: true,
      });
    });
    try {
      return await Promise.race([this.#result, left]);
    } finally {
      Object.assign(progress, this.#progress);
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#abort.abort();
    }
  }
}
