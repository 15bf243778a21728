// The way one request goes to an origin, whatever version it is spoken in: a connection of HTTP/1.1 while the request has it
// to itself, or one stream of a connection of HTTP/2. An attempt does not know which.

import type { Socket } from "node:net";

import type { Connection } from "../connect/connect.ts";
import type { RawHead } from "./read-head.ts";
import type { RequestBody } from "./request-body.ts";

/** What is seen of the way, below whatever speaks HTTP on it. */
export interface LaneWatch {
  readonly isHttp2: boolean;
  /** The first error that the socket reported. */
  readonly error: Error | null;
  /** The origin has closed. */
  readonly isEnded: boolean;
  /** Something of this request was written. */
  readonly isSent: boolean;
  /** Bytes of the response that came before its content, or at least whether there were any. */
  readonly responseBytes: number;
  /** What came where a head was awaited. */
  readonly headBytes: Buffer;
  /** Keeps back what comes until `release`. */
  hold(): void;
  release(): void;
  /** Makes a piece last until `forget`, or for ever; a handler that is not brief has it so. */
  keep(piece: Buffer): Buffer;
  /** All pieces that were kept are of no more use. */
  forget(): void;
}

/** A request on its way to an origin. */
export interface LaneRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Names and values in turn, Host first. */
  readonly fields: readonly string[];
  readonly body: RequestBody | null;
  /** The protocols that the connection may change to; null for none. */
  readonly upgrade: string | null;
}

/** Whom a lane tells what comes, an attempt for one. After `onComplete`, `onUpgrade` or `onError` it is told nothing any more. */
export interface LaneHandler {
  /** The last byte of the request has been written. */
  onRequestSent(): void;
  /** Of every interim response, and of the final one. */
  onHead(head: RawHead): void;
  onData(piece: Buffer): void;
  /** `onData` lets go of each piece when it returns, but for what it has the lane `keep`. */
  readonly isBrief?: boolean;
  /** Names and values of the trailers in turn. */
  onComplete(trailers: readonly string[]): void;
  /** The origin has switched protocols as it was asked to; the socket is paused, and the handler's from now on. */
  onUpgrade(head: RawHead, socket: Socket): void;
  onError(error: Error): void;
}

/** A way for one request at a time. */
export interface OriginLane {
  readonly connection: Connection;
  readonly wire: LaneWatch;
  /** Requests that the connection has served before. */
  readonly requests: number;
  /** Sends the request. */
  send(request: LaneRequest, handler: LaneHandler): void;
  /** Gives the way up, whatever is under way on it; the handler is told nothing any more. */
  destroy(): void;
  /** The response is complete. True if the way can serve another request; then it is for the pool to keep. */
  finish(): boolean;
}
