// The way one request goes to an origin, whatever version it is spoken in: a connection of HTTP/1.1 while the request has it
// to itself, or one stream of a connection of HTTP/2. An attempt does not know which.

import type { Dispatcher } from "undici";

import type { Connection } from "../connect/connect.ts";

/** What is seen of the way, below whatever speaks HTTP on it. */
export interface LaneWatch {
  /** HTTP/2: the head has no version, and the content's end is always told. */
  readonly isHttp2: boolean;
  /** The first error that the socket reported. */
  readonly error: Error | null;
  /** The origin has closed. */
  readonly isEnded: boolean;
  /** Bytes of this request that were written, or at least whether there were any. */
  readonly sentBytes: number;
  /** Bytes of the response that came before its content, or at least whether there were any. */
  readonly responseBytes: number;
  /** What came where a head was awaited; and how that began, the version at least, if it is a head. */
  readonly headBytes: Buffer;
  readonly headStart: Buffer;
  /** Told of the socket's first error, where nobody else would be. */
  onError: ((error: Error) => void) | null;
  expectHead(): void;
  expectContent(): void;
  /** Keeps back what comes until `release`. */
  hold(): void;
  release(): void;
}

/** An attempt, as it is called by whatever speaks HTTP: undici's flat handler, complete. */
export interface LaneHandler extends Dispatcher.DispatchHandler {
  onConnect(abort: (error?: Error) => void): void;
  /** The last byte of the request has been written. */
  onRequestSent(): void;
  onHeaders(status: number, rawFields: Buffer[], resume: () => void, reason: string): boolean;
  onData(chunk: Buffer): boolean;
  onComplete(trailers: string[] | null): void;
  onError(error: Error): void;
}

/** A way for one request at a time. */
export interface OriginLane {
  readonly connection: Connection;
  readonly wire: LaneWatch;
  /** Requests that the connection has served before. */
  readonly requests: number;
  /** Sends the request; the handler is called as undici would call it. */
  send(request: Dispatcher.DispatchOptions, handler: LaneHandler): void;
  /** Gives the way up, whatever is under way on it. */
  destroy(): void;
  /** The response is complete. True if the way can serve another request; then it is for the pool to keep. */
  finish(): boolean;
}
