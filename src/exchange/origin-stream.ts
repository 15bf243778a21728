// One stream of an HTTP/2 connection, in the shape of a connection that carries one request: an attempt sends over it as over
// any other, and is told by the same handler of what comes.

import { type ClientHttp2Stream, constants } from "node:http2";
import { setImmediate } from "node:timers";

import { ExchangeError } from "../classify/exchange-error.ts";
import { Http2Error } from "../classify/http2-error.ts";
import type { Connection } from "../connect/connect.ts";
import type { StreamTrace } from "../connect/frame-tap.ts";
import { codeOf } from "../connect/phase-error.ts";
import type { Http2Connection } from "./http2-connection.ts";
import {
  http2RequestFields,
  http2Trailers,
  rawHead,
  sectionBytes,
  statusOf,
} from "./http2-fields.ts";
import type { LaneHandler, LaneRequest, LaneWatch, OriginLane } from "./origin-lane.ts";
import type { RequestBody } from "./request-body.ts";

const nothing: Buffer = Buffer.alloc(0);

/** A stream on its way from the first HEADERS frame to the last. */
export class OriginStream implements OriginLane, LaneWatch {
  readonly isHttp2 = true;
  readonly requests: number;
  readonly #connection: Http2Connection;
  #stream: ClientHttp2Stream | null = null;
  #trace: StreamTrace | null = null;
  #handler: LaneHandler | null = null;
  #body: RequestBody | null = null;
  /** node:http2 has told of the final head. */
  hasHead = false;
  #framesBefore = 0;
  #interimBytes = 0;
  #trailers: string[] = [];
  /** Bytes of content announced; null where they are not. */
  #contentLength: number | null = null;
  /** What node:http2 says of the stream's end; the wire mostly knows better. */
  #error: Error | null = null;
  #isOver = false;

  constructor(connection: Http2Connection) {
    this.#connection = connection;
    this.requests = connection.hasAnswered ? 1 : 0;
  }

  /** 0 until the request has been submitted. */
  get id(): number {
    return this.#stream?.id ?? 0;
  }

  get connection(): Connection {
    return this.#connection.connection;
  }

  get wire(): LaneWatch {
    return this;
  }

  get error(): Error | null {
    return this.#connection.wire.error;
  }

  get isEnded(): boolean {
    return this.#connection.wire.isEnded;
  }

  get isSent(): boolean {
    return this.#trace?.isSent === true;
  }

  get responseBytes(): number {
    return this.#trace === null ? 0 : Math.max(this.#trace.bytes, this.headBytes.length);
  }

  /** Of a connection on which the origin spoke no HTTP/2, how it began. */
  get headBytes(): Buffer {
    return this.#trace === null ? nothing : this.#connection.tap.strangeBytes;
  }

  /**
   * The whole response has come, though it may not have been read: to its last frame, or to its announced length before a reset
   * without an error, with which a busy node:http2 server overtakes its own END_STREAM. @see RFC 9113 §8.1
   */
  get hasCome(): boolean {
    const trace = this.#trace;
    if (trace === null) return false;
    const isWholeByLength =
      trace.resetCode === constants.NGHTTP2_NO_ERROR && trace.contentBytes === this.#contentLength;
    return trace.hasEnded || isWholeByLength;
  }

  /** All is read that there is, and no more will be, though an end was announced: by a frame that is not whole, or behind a fault. */
  get isStuck(): boolean {
    const stream = this.#stream;
    if (stream === null || !this.#connection.bringsNoMore) return false;
    return !stream.isPaused() && stream.readableLength === 0 && !stream.readableEnded;
  }

  send(request: LaneRequest, handler: LaneHandler): void {
    const { connection } = this.#connection;
    this.#handler = handler;
    this.#framesBefore = this.#connection.tap.frames;
    if (this.#isOver) return handler.onError(this.#fault()); // The connection has ended before.
    const { body } = request;
    const fields = http2RequestFields(request.fields, {
      method: request.method,
      path: request.path,
      scheme: connection.isTls ? "https" : "http",
    });
    try {
      const waitForTrailers = body?.mayHaveTrailers === true;
      const options = { endStream: body === null, waitForTrailers };
      const { stream, trace } = this.#connection.request(fields, options);
      this.#stream = stream;
      this.#trace = trace;
      this.#watch(stream);
      if (body === null) handler.onRequestSent();
      else this.#sendBody(stream, body);
    } catch (error) {
      const fault = this.#connection.isUsable ? (error as Error) : this.#fault();
      queueMicrotask(() => this.#failWith(fault));
    }
  }

  /** The origin takes content again: while some waits, it has more time for the rest. */
  windowOpened(): void {
    if (this.#body?.isPaused === true) this.#body.pause();
  }

  hold(): void {
    this.#stream?.pause();
  }

  release(): void {
    if (this.#isOver) return;
    this.#stream?.resume();
    if (!this.#connection.bringsNoMore) return;
    setImmediate(() => {
      if (this.isStuck) this.fail();
    });
  }

  keep(piece: Buffer): Buffer {
    return piece; // It was made for this stream.
  }

  forget(): void {}

  /** The connection has ended, and with it this stream. */
  fail(): void {
    this.#failWith(this.#fault());
  }

  /** Cancels the stream; the connection goes on. */
  destroy(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const stream = this.#stream;
    if (stream !== null && !stream.closed) stream.close(constants.NGHTTP2_CANCEL);
    stream?.resume(); // What was received and not read would keep it open.
    this.#connection.leave(this);
  }

  finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    const stream = this.#stream;
    const isWhole = this.hasCome && stream?.writableFinished === true;
    if (stream !== null && !stream.closed && !isWhole)
      stream.close(this.hasCome ? constants.NGHTTP2_NO_ERROR : constants.NGHTTP2_CANCEL);
    stream?.resume();
    this.#connection.leave(this);
    return false;
  }

  #watch(stream: ClientHttp2Stream): void {
    stream.on("error", (error) => {
      this.#error = error;
    });
    stream.on("headers", (_fields, _flags, raw: string[] = []) => this.#onInterim(raw));
    stream.on("response", (fields, _flags, raw: string[] = []) => {
      const { "content-length": length } = fields;
      this.#contentLength = length === undefined ? null : Number(length);
      this.#onHead(stream, raw);
    });
    stream.on("trailers", (_fields, _flags, raw: string[] = []) => {
      this.#trailers = raw;
      if (sectionBytes(raw) > this.#connection.limits.responseHeaderBytes) this.#tooLong();
    });
    // What the client was sent in this tick has to leave before its connection may be cut.
    stream.on("close", () => {
      if (!this.#isOver) setImmediate(() => this.fail());
    });
  }

  #onInterim(raw: string[]): void {
    if (this.#isOver) return;
    this.#interimBytes += sectionBytes(raw);
    if (this.#interimBytes > this.#connection.limits.responseHeaderBytes) return this.#tooLong();
    this.#handler?.onHead(rawHead(statusOf(raw), raw));
  }

  #tooLong(): void {
    this.#failWith(new ExchangeError("HEADER_OVERFLOW", "the fields are longer than allowed"));
  }

  #onHead(stream: ClientHttp2Stream, raw: string[]): void {
    if (this.#isOver) return;
    this.hasHead = true;
    this.#connection.hasAnswered = true;
    if (sectionBytes(raw) > this.#connection.limits.responseHeaderBytes) return this.#tooLong();
    const status = statusOf(raw);
    if (status < 200)
      return this.#failWith(new ExchangeError("BAD_STATUS", `the final status is ${status}`));
    this.#body?.answered();
    this.#handler?.onHead(rawHead(status, raw));
    if (this.#isOver) return;
    stream.on("data", (chunk: Buffer) => {
      if (!this.#isOver) this.#handler?.onData(chunk);
    });
    stream.on("end", () => {
      // A reset without an error looks like an end to Node.
      if (!this.#isOver && this.hasCome) this.#handler?.onComplete(this.#trailers);
    });
  }

  /** Content at the pace of the origin's window. The end counts as sent when the origin has taken it. */
  #sendBody(stream: ClientHttp2Stream, body: RequestBody): void {
    this.#body = body;
    const { mayHaveTrailers } = body;
    body.on("data", (chunk: Buffer) => {
      if (!this.#isOver && !stream.write(chunk)) body.pause();
    });
    stream.on("drain", () => {
      if (!body.readableEnded) body.resume();
    });
    body.on("end", () => {
      if (this.#isOver) return;
      stream.end();
      if (!stream.writableFinished) body.pause();
    });
    stream.on("finish", () => {
      body.destroy();
      if (!this.#isOver) this.#handler?.onRequestSent();
    });
    if (mayHaveTrailers) {
      stream.on("wantTrailers", () => {
        if (!stream.destroyed) stream.sendTrailers(http2Trailers(body.rawTrailers));
      });
    }
    if (body.readableEnded) stream.end();
    else body.resume();
  }

  /** node:http2 resets a stream whose content is not as long as announced, and says no more than of any other mistake. */
  #fault(): Error {
    const trace = this.#trace;
    const error = this.#connection.faultOf(this.id, trace, this.#error);
    const wanted = this.#contentLength;
    if (trace === null || wanted === null || codeOf(error) !== "HTTP2_BROKEN") return error;
    // It has found something else, before all of the content; the frames behind that were counted all the same.
    if (trace.sentResetCode === null && this.#connection.hasGivenUp) return error;
    const told = `${trace.contentBytes} bytes of content came, and ${wanted} were announced`;
    if (trace.contentBytes > wanted) return new ExchangeError("BAD_FRAMING", told);
    const isShort = trace.hasEnded && trace.contentBytes < wanted;
    return isShort ? new ExchangeError("CONTENT_SHORT", told) : error;
  }

  #failWith(error: Error): void {
    if (this.#isOver) return;
    // Nothing at all since the request, of this stream or any other: the connection may be dead without knowing it.
    const isDue = error instanceof ExchangeError && error.code.endsWith("_DEADLINE");
    if (isDue && this.#connection.tap.frames === this.#framesBefore) this.#connection.retire();
    if (error instanceof Http2Error && error.http2Error === "HTTP_1_1_REQUIRED")
      this.#connection.requireHttp1();
    this.#handler?.onError(error);
    this.destroy();
  }
}
