// One HTTP/2 connection to an origin: node:http2's session over our own socket, and the streams that are under way on it.

import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type OutgoingHttpHeaders,
} from "node:http2";
import { setImmediate, setTimeout } from "node:timers";

import { ExchangeError } from "../classify/exchange-error.ts";
import { Http2Error } from "../classify/http2-error.ts";
import type { Connection } from "../connect/connect.ts";
import { FrameTap, type StreamTrace } from "../connect/frame-tap.ts";
import { codeOf } from "../connect/phase-error.ts";
import { Wire } from "../connect/wire.ts";
import { Deadline } from "./deadline.ts";
import type { ConnectionLimits } from "./origin-connection.ts";
import { OriginStream } from "./origin-stream.ts";
import { outlive } from "./session-memory.ts";

/** What a connection tells the pool that it is in. */
export interface Http2ConnectionOwner {
  /** There is room for a stream. */
  onFree(connection: Http2Connection): void;
  /** The origin has named the number of streams it takes at a time. */
  onLimit(streams: number): void;
  /** The origin wants HTTP/1.1. @see RFC 9113 §7, HTTP_1_1_REQUIRED */
  onHttp1Required(): void;
  /** The connection is gone. */
  onClosed(connection: Http2Connection): void;
}

/** Content that an origin may send of one stream before somebody has taken it, and of all of them before it was read. */
const streamWindowBytes = 256 * 1024;
const connectionWindowBytes = 4 * 1024 * 1024;
/** Node bounds a request's fields by default to less than what a client may send. */
const longestFieldBlock = 1024 * 1024;
/** A section of many short fields counts for more in HTTP/2, 32 bytes a field. @see RFC 9113 §6.5.2 */
const listSizeFactor = 8;
/** No field may be longer, says nghttp2, and more frames may no section have: it calls both a broken connection. */
const longestField = 65_536;
const mostSectionFrames = 8;
/** A section goes on in another frame only where this one is full. @see RFC 9113 §4.2 */
const wholeFrame = 16_384;
/** nghttp2's number for a flood of frames that want an answer. */
const floodErrno = -904;
/** How long the end of a connection may take, in milliseconds. */
const endMs = 1_000;

/** What nghttp2 calls a field that it will not take, by its version. */
const headErrors: ReadonlySet<number> = new Set([
  constants.NGHTTP2_COMPRESSION_ERROR,
  constants.NGHTTP2_PROTOCOL_ERROR,
]);

/** A connection that carries many requests at a time. */
export class Http2Connection {
  readonly connection: Connection;
  readonly wire: Wire;
  readonly tap: FrameTap;
  readonly limits: ConnectionLimits;
  /** A response has come over it: it is a kept connection from then on. */
  hasAnswered = false;
  readonly #owner: Http2ConnectionOwner;
  readonly #session: ClientHttp2Session;
  readonly #streams = new Set<OriginStream>();
  readonly #idle = new Deadline();
  #limit: number;
  /** What we found wrong with the connection. */
  #error: Http2Error | null = null;
  #isRetired = false;
  #hasEnded = false;

  /** `streamLimit` counts until the origin's SETTINGS have come. */
  constructor(
    connection: Connection,
    limits: ConnectionLimits,
    streamLimit: number,
    owner: Http2ConnectionOwner,
  ) {
    this.connection = connection;
    this.limits = limits;
    this.#limit = streamLimit;
    this.#owner = owner;
    const { socket } = connection;
    this.wire = new Wire(connection);
    this.wire.onError = () => this.#broken();
    this.wire.onEnd = () => this.#broken();
    socket.once("close", () => this.#broken());
    this.tap = new FrameTap(socket);
    this.tap.onVerdict = () => this.#broken();
    this.tap.onFlood = () => this.#flooded();
    this.tap.onWindow = (id) => {
      for (const stream of this.#streams) if (id === 0 || stream.id === id) stream.windowOpened();
    };
    this.#session = connect("http://origin.invalid", {
      createConnection: () => this.tap,
      settings: {
        enablePush: false,
        initialWindowSize: streamWindowBytes,
        maxHeaderListSize: limits.responseHeaderBytes * listSizeFactor,
      },
      maxHeaderListPairs: limits.responseHeaderBytes,
      maxSendHeaderBlockLength: longestFieldBlock,
      peerMaxConcurrentStreams: Math.max(streamLimit, 1),
      maxSessionMemory: 1_000, // Megabytes. What a stream may hold is bounded by its window.
    });
    this.#watchSession();
    this.#rest();
  }

  /** Whether another stream may be tried on it. */
  get isUsable(): boolean {
    const { wire } = this;
    const isOpen = !this.#isRetired && !this.#session.closed && !this.#session.destroyed;
    return isOpen && !wire.isEnded && wire.error === null && !wire.socket.destroyed;
  }

  /** node:http2 has found something that it does not go on behind. */
  get hasGivenUp(): boolean {
    const code = this.tap.sentGoAway?.code ?? constants.NGHTTP2_NO_ERROR;
    return code !== constants.NGHTTP2_NO_ERROR;
  }

  /** Neither has it anything left for node:http2, nor would that take it. */
  get bringsNoMore(): boolean {
    const { wire, tap } = this;
    const isOver = wire.isEnded || wire.error !== null || wire.socket.destroyed;
    return this.hasGivenUp || (isOver && tap.readableLength === 0);
  }

  get isIdle(): boolean {
    return this.#streams.size === 0;
  }

  /**
   * A stream for a request of this host, which counts from now on; null if there is none to be had. On a connection that is not
   * usable any more the request will fail, for the connection's reason.
   */
  take(requestHost: string): OriginStream | null {
    const { validFor } = this.connection;
    if (validFor !== null && validFor !== requestHost) return null;
    if (this.#streams.size >= this.#limit) return null;
    this.#idle.end();
    const stream = new OriginStream(this);
    this.#streams.add(stream);
    return stream;
  }

  /** Sends a request's head. Throws what node:http2 throws. */
  request(
    fields: OutgoingHttpHeaders,
    options: { endStream: boolean; waitForTrailers: boolean },
  ): { stream: ClientHttp2Stream; trace: StreamTrace } {
    const stream = this.#session.request(fields, options);
    outlive(this.#session, stream);
    return { stream, trace: this.tap.trace(stream.id ?? 0) };
  }

  /** A stream is over. */
  leave(stream: OriginStream): void {
    if (!this.#streams.delete(stream)) return;
    if (stream.id !== 0) this.tap.forget(stream.id);
    if (!this.isUsable && this.isIdle) this.#end();
    if (!this.isUsable) return;
    if (this.isIdle) this.#rest();
    this.#owner.onFree(this);
  }

  /** Takes no more requests, and ends with the last one that is under way. */
  retire(): void {
    this.#isRetired = true;
    if (this.isIdle) this.#end();
  }

  /** Closes at once, whatever is under way. */
  destroy(): void {
    this.#isRetired = true;
    this.#session.destroy();
    this.tap.destroy();
  }

  /** The origin answers this in HTTP/1.1 only. */
  requireHttp1(): void {
    this.#owner.onHttp1Required();
    this.retire();
  }

  /** Why a stream has ended that was not whole: by what came over the wire first, and then by what node:http2 made of it. */
  faultOf(id: number, trace: StreamTrace | null, error: Error | null): Error {
    const { tap, wire } = this;
    const { goAway, sentGoAway } = tap;
    const code = trace?.resetCode ?? null;
    if (code !== null) {
      const isUnprocessed =
        code === constants.NGHTTP2_REFUSED_STREAM || code === constants.NGHTTP2_HTTP_1_1_REQUIRED;
      return new Http2Error("STREAM_RESET", code, { isUnprocessed });
    }
    if (goAway !== null && (trace?.isSent !== true || id > goAway.lastStreamId))
      return new Http2Error("GOAWAY", goAway.code, { said: goAway.text, isUnprocessed: true });
    if (trace !== null && trace.sentResetCode !== null)
      return this.#verdict(trace.sentResetCode, "");
    if (this.#error !== null) return this.#error;
    if (codeOf(error) === "ERR_HTTP2_ERROR") return this.#nghttp2Verdict(error);
    if (sentGoAway !== null && sentGoAway.code !== constants.NGHTTP2_NO_ERROR)
      return this.#verdict(sentGoAway.code, sentGoAway.text);
    if (goAway !== null && (goAway.code !== constants.NGHTTP2_NO_ERROR || wire.isEnded))
      return new Http2Error("GOAWAY", goAway.code, { said: goAway.text });
    if (wire.error !== null) return wire.error;
    if (wire.isEnded) return new ExchangeError("CONNECTION_SPENT", "the origin closed");
    return error ?? new ExchangeError("CONNECTION_SPENT", "given up");
  }

  /** What nghttp2 cannot go on with has a number of its own instead of an error code. */
  #nghttp2Verdict(error: (Error & { errno?: number }) | null): Error {
    const said = error?.message ?? "";
    if (error?.errno === floodErrno)
      return new Http2Error("HTTP2_BROKEN", constants.NGHTTP2_ENHANCE_YOUR_CALM, { said });
    // What it told the origin is more exact, if it came to that.
    const told = this.tap.sentGoAway?.code ?? constants.NGHTTP2_NO_ERROR;
    const isTold = told !== constants.NGHTTP2_NO_ERROR;
    return this.#verdict(isTold ? told : constants.NGHTTP2_PROTOCOL_ERROR, said);
  }

  /** What came breaks HTTP/2's rules, or a limit of ours. */
  #verdict(code: number, said: string): Error {
    const { sectionBytes, sectionFrames, isSectionOpen } = this.tap;
    // nghttp2 stops at the length of a field, which may have come before the field itself.
    const isAnnounced = isSectionOpen && sectionBytes >= wholeFrame;
    const isTooLong =
      code === constants.NGHTTP2_ENHANCE_YOUR_CALM ||
      (code === constants.NGHTTP2_COMPRESSION_ERROR && isAnnounced) ||
      (headErrors.has(code) && sectionBytes > longestField) ||
      sectionFrames > mostSectionFrames;
    return isTooLong
      ? new ExchangeError("HEADER_OVERFLOW", "the fields are longer than allowed")
      : new Http2Error("HTTP2_BROKEN", code, { said });
  }

  #watchSession(): void {
    const session = this.#session;
    session.on("error", () => {}); // Its streams have the same error, and sooner.
    session.once("connect", () => session.setLocalWindowSize(connectionWindowBytes));
    session.on("remoteSettings", ({ maxConcurrentStreams }) => {
      if (maxConcurrentStreams === undefined || maxConcurrentStreams === this.#limit) return;
      this.#limit = maxConcurrentStreams;
      this.#owner.onLimit(maxConcurrentStreams);
      if (this.isUsable) this.#owner.onFree(this);
    });
    session.on("goaway", (code) => {
      if (code === constants.NGHTTP2_HTTP_1_1_REQUIRED) this.#owner.onHttp1Required();
      this.retire();
    });
    session.once("close", () => this.#end());
  }

  /** What has come whole is read to its end; all else has failed. A moment later, since node:http2 tells of heads a tick late. */
  #broken(): void {
    if (this.#isRetired && this.isIdle) return this.#end();
    this.#isRetired = true;
    setImmediate(() => {
      for (const stream of this.#streams)
        if (!stream.hasCome || !stream.hasHead || stream.isStuck) stream.fail();
      if (this.isIdle) this.#end();
    });
  }

  #flooded(): void {
    this.#error ??= new Http2Error("HTTP2_BROKEN", constants.NGHTTP2_ENHANCE_YOUR_CALM, {
      said: "a flood of frames that bring nothing",
    });
    this.#isRetired = true;
    setImmediate(() => {
      for (const stream of this.#streams) stream.fail();
      this.#end();
    });
  }

  /** Nothing is under way: the connection is kept for a while. */
  #rest(): void {
    this.#idle.start(this.limits.waits.keepAliveMs, () => this.retire());
  }

  /** Says goodbye, and closes. */
  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#isRetired = true;
    this.#idle.end();
    if (!this.#session.destroyed) this.#session.destroy();
    if (this.wire.socket.destroyed) this.tap.destroy();
    else setTimeout(() => this.tap.destroy(), endMs).unref();
    this.#owner.onClosed(this);
  }
}
