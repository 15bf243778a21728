// The joint between a connected socket and node:http2: passes every byte on, and knows of each stream what came and what went,
// which node:http2 tells only in part. It also keeps a session alive until what was received before a FIN has been read.
//
// node:http2 reads a socket below JavaScript and never says who reset a stream, what an origin that speaks no HTTP/2 said
// instead, or whether END_STREAM came. @see docs/decisions/0012-why-node-http2.md

import type { Socket } from "node:net";
import { Duplex } from "node:stream";

import {
  endHeadersFlag,
  endStreamFlag,
  type Frame,
  FrameReader,
  frameTypes,
} from "./frame-reader.ts";

/** What has been seen of one stream. */
export interface StreamTrace {
  /** HEADERS have been written. */
  isSent: boolean;
  /** The origin has sent END_STREAM. */
  hasEnded: boolean;
  /** Bytes of the response's frames that have been announced. */
  bytes: number;
  /** Those of content among them, with their padding. */
  contentBytes: number;
  /** The error code of the origin's RST_STREAM; null if there was none. */
  resetCode: number | null;
  /** The error code of the RST_STREAM that we sent; null if there was none. */
  sentResetCode: number | null;
}

/** A GOAWAY. @see RFC 9113 §6.8 */
export interface GoAway {
  readonly lastStreamId: number;
  readonly code: number;
  /** Debug data. */
  readonly text: string;
}

/** What of the connection's first bytes is kept. */
const firstBytesKept = 256;
/** "PRI * HTTP/2.0…". @see RFC 9113 §3.4 */
const prefaceLength = 24;
/** Frames in a row that bring no response any further: more is a flood. */
const mostIdleFrames = 10_000;

/** A stream of bytes for `http2.connect`, with a watch on both directions. */
export class FrameTap extends Duplex {
  /** The GOAWAY of the origin; of several, the least stream and the first error. */
  goAway: GoAway | null = null;
  /** The last GOAWAY that node:http2 sent: with a code, it is its verdict on the origin. */
  sentGoAway: GoAway | null = null;
  /** Frames received. */
  frames = 0;
  /** Frames and bytes of the last field section, as it came over the wire. */
  sectionFrames = 0;
  sectionBytes = 0;
  /** More of it is to come. */
  isSectionOpen = false;
  /** Told when node:http2 has given the connection up because of what the origin sent. */
  onVerdict: (() => void) | null = null;
  /** Told, once, when the origin floods the connection with frames that bring nothing. */
  onFlood: (() => void) | null = null;
  /** Told of each WINDOW_UPDATE: the origin took something of stream `id`, or of any if 0. */
  onWindow: ((id: number) => void) | null = null;

  readonly #socket: Socket;
  readonly #traces = new Map<number, StreamTrace>();
  readonly #received = new FrameReader((frame) => this.#onReceived(frame));
  readonly #sent = new FrameReader((frame) => this.#onSent(frame), prefaceLength);
  #firstBytes: Buffer = Buffer.alloc(0);
  #isFirst = true;
  #idleFrames = 0;

  constructor(socket: Socket) {
    super({ autoDestroy: false });
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      if (this.#isFirst) this.#keepFirst(chunk);
      this.#received.read(chunk);
      if (!this.destroyed && !this.push(chunk)) socket.pause();
    });
  }

  /** The origin's first bytes, where they are no HTTP/2; else empty. */
  get strangeBytes(): Buffer {
    const [first = 0, , , type = frameTypes.settings] = this.#firstBytes;
    const mayBeSettings = this.#isFirst && first === 0 && type === frameTypes.settings;
    return mayBeSettings ? Buffer.alloc(0) : this.#firstBytes;
  }

  /** Begins a record of a stream that was just requested. */
  trace(id: number): StreamTrace {
    const trace = {
      isSent: false,
      hasEnded: false,
      bytes: 0,
      contentBytes: 0,
      resetCode: null,
      sentResetCode: null,
    };
    this.#traces.set(id, trace);
    return trace;
  }

  /** The record is of no more use. */
  forget(id: number): void {
    this.#traces.delete(id);
  }

  override _read(): void {
    this.#socket.resume();
  }

  /** What is written to a socket that is gone is gone too: those who care ask the wire. */
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#sent.read(chunk);
    if (this.#socket.destroyed || this.#socket.writableEnded) done();
    else this.#socket.write(chunk, () => done());
  }

  /** The session has ended, and so does the connection. */
  override _final(done: () => void): void {
    this.#socket.end(() => this.#socket.destroy());
    done();
  }

  override _destroy(_error: Error | null, done: () => void): void {
    this.#socket.destroy();
    done();
  }

  #keepFirst(chunk: Buffer): void {
    const bytes = Buffer.concat([this.#firstBytes, chunk]);
    this.#firstBytes = bytes.subarray(0, firstBytesKept);
  }

  #onReceived({ type, flags, streamId, length, payload }: Frame): void {
    this.frames += 1;
    if (this.#isFirst) {
      this.#isFirst = false;
      if (type === frameTypes.settings && streamId === 0) this.#firstBytes = Buffer.alloc(0);
    }
    if (type === frameTypes.headers) this.sectionFrames = this.sectionBytes = 0;
    if (type === frameTypes.headers || type === frameTypes.continuation) {
      this.sectionFrames += 1;
      this.sectionBytes += length;
      this.isSectionOpen = (flags & endHeadersFlag) === 0;
    }
    if (type === frameTypes.goAway) this.goAway = strictest(this.goAway, readGoAway(payload));
    if (type === frameTypes.windowUpdate) this.onWindow?.(streamId);
    if (type === frameTypes.headers || (type === frameTypes.data && length > 0)) {
      this.#idleFrames = 0;
    } else {
      this.#idleFrames += 1;
      if (this.#idleFrames === mostIdleFrames) this.onFlood?.();
    }
    const trace = this.#traces.get(streamId);
    if (trace === undefined) return;
    // Behind a reset there is neither content nor an end: what it cut off stays cut off.
    const isCounted = type === frameTypes.headers || type === frameTypes.data;
    if (isCounted && trace.resetCode === null) {
      trace.bytes += length;
      if (type === frameTypes.data) trace.contentBytes += length;
      if ((flags & endStreamFlag) !== 0) trace.hasEnded = true;
    }
    if (type === frameTypes.reset && payload.length >= 4)
      trace.resetCode ??= payload.readUInt32BE(0);
  }

  #onSent({ type, streamId, payload }: Frame): void {
    if (type === frameTypes.goAway) {
      this.sentGoAway = readGoAway(payload);
      if (this.sentGoAway !== null && this.sentGoAway.code !== 0) this.onVerdict?.();
    }
    if (type === frameTypes.data) this.#idleFrames = 0; // An upload wants many a WINDOW_UPDATE.
    const trace = this.#traces.get(streamId);
    if (trace === undefined) return;
    if (type === frameTypes.headers) trace.isSent = true;
    if (type === frameTypes.reset && payload.length >= 4)
      trace.sentResetCode ??= payload.readUInt32BE(0);
  }
}

function strictest(known: GoAway | null, next: GoAway | null): GoAway | null {
  if (known === null || next === null) return next ?? known;
  const { code, text } = known.code === 0 ? next : known;
  return { lastStreamId: Math.min(known.lastStreamId, next.lastStreamId), code, text };
}

function readGoAway(payload: Buffer): GoAway | null {
  if (payload.length < 8) return null;
  return {
    lastStreamId: payload.readUInt32BE(0) & 0x7fff_ffff,
    code: payload.readUInt32BE(4),
    text: payload.toString("latin1", 8),
  };
}
