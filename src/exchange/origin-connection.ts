// One connection to an origin on which HTTP/1.1 is spoken, one request after the other.
// Why this is not a library's: docs/decisions/0027-why-an-own-http1-client.md

import { clearTimeout, setImmediate, setTimeout } from "node:timers";

import { ExchangeError } from "../classify/exchange-error.ts";
import type { Connection } from "../connect/connect.ts";
import { type Intake, intakeOf } from "../connect/intake.ts";
import { Wire } from "../connect/wire.ts";
import { atTurn } from "./at-turn.ts";
import type { LaneHandler, LaneRequest, LaneWatch, OriginLane } from "./origin-lane.ts";
import type { RawHead } from "./read-head.ts";
import { requestHead, sendBody } from "./request-writer.ts";
import { ResponseReader, type ResponseSink } from "./response-reader.ts";

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

/** Be gone a second before the origin is. */
const headStartMs = 1_000;

/** A connected socket and what is spoken on it. Carries one request at a time. */
export class OriginConnection implements OriginLane, LaneWatch, ResponseSink {
  readonly isHttp2 = false;
  readonly connection: Connection;
  /** Requests that were given to it so far. */
  requests = 0;
  isSent = false;
  readonly #limits: ConnectionLimits;
  readonly #wire: Wire;
  readonly #intake: Intake | null;
  readonly #reader: ResponseReader;
  #request: LaneRequest | null = null;
  #handler: LaneHandler | null = null;
  #head: RawHead | null = null;
  #isWriting = false;
  #isHeld = false;
  /** Nothing is under way, and nothing was wrong so far. */
  #isFree = true;
  /** When it has idled for too long, in milliseconds of `performance.now()`. */
  #expiresAt = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;

  constructor(connection: Connection, limits: ConnectionLimits) {
    this.connection = connection;
    this.#limits = limits;
    this.#wire = new Wire(connection);
    this.#intake = intakeOf(connection.socket);
    this.#reader = new ResponseReader(this, limits.responseHeaderBytes);
    this.#wire.onError = (error) => this.#broken(error);
    this.#wire.onEnd = () => this.#ended();
  }

  get wire(): LaneWatch {
    return this;
  }

  get error(): Error | null {
    return this.#wire.error;
  }

  get isEnded(): boolean {
    return this.#wire.isEnded;
  }

  get headBytes(): Buffer {
    return this.#reader.headBytes;
  }

  get responseBytes(): number {
    return this.#reader.headBytes.length;
  }

  /** Whether another request may be tried on it. */
  get isUsable(): boolean {
    return this.#isFree && !this.#socket.destroyed && performance.now() < this.#expiresAt;
  }

  get #socket(): Connection["socket"] {
    return this.#wire.socket;
  }

  send(request: LaneRequest, handler: LaneHandler): void {
    this.#request = request;
    this.#handler = handler;
    this.#head = null;
    this.#isFree = false;
    this.isSent = false;
    this.requests += 1;
    if (this.requests === 1) {
      this.#listen();
      this.#write();
    } else {
      // A FIN, or bytes that nobody asked for, may be here already: they have a turn of the event loop to be seen.
      atTurn(this.#write);
    }
  }

  /** Keeps back whatever comes, the end too. */
  hold(): void {
    this.#isHeld = true;
    this.#socket.pause();
  }

  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#socket.resume();
  }

  /** Closes at once, whatever is under way. */
  destroy(): void {
    this.#handler = null;
    this.#close();
  }

  finish(): boolean {
    return this.isUsable;
  }

  onHead(head: RawHead, rest: Buffer): void {
    if (head.switches && head.status === 101 && this.#request?.upgrade !== null)
      return this.#handOver(head, rest);
    if (head.status >= 200) {
      this.#head = head;
      this.#request?.body?.answered();
    }
    this.#handler?.onHead(head);
  }

  onData(piece: Buffer): void {
    const handler = this.#handler;
    handler?.onData(handler.isBrief === true ? piece : this.keep(piece));
  }

  keep(piece: Buffer): Buffer {
    return this.#intake?.keep(piece) ?? piece;
  }

  forget(): void {
    this.#intake?.forget();
  }

  onComplete(trailers: readonly string[], isClean: boolean): void {
    const handler = this.#handler;
    const head = this.#head;
    const isKept = isClean && !this.#isWriting && !this.isEnded && head?.isKept === true;
    this.#handler = null;
    this.#request = null;
    if (isKept) this.#rest(head);
    handler?.onComplete(trailers);
    if (!isKept) this.#close();
  }

  onFault(error: Error): void {
    this.#broken(error);
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on("data", this.#onBytes);
    if (this.#intake !== null) this.#intake.onBytes = this.#onBytes;
    socket.on("drain", this.#onDrain);
    socket.on("close", this.#onClose);
  }

  readonly #onBytes = (chunk: Buffer): void => {
    if (!this.#reader.read(chunk)) this.#close(); // Nobody asked.
  };

  readonly #onDrain = (): void => {
    const body = this.#request?.body;
    if (this.#isWriting && body?.isPaused === true) body.resume();
  };

  #ended(): void {
    if (this.#reader.end()) this.#close();
    else this.#broken(new ExchangeError("CONNECTION_CLOSED", "the origin closed"));
  }

  readonly #onClose = (): void => {
    this.#broken(this.error ?? new ExchangeError("CONNECTION_SPENT", "given up"));
  };

  readonly #write = (): void => {
    const request = this.#request;
    const handler = this.#handler;
    if (request === null || handler === null) return;
    const socket = this.#socket;
    // It may have ended before anybody listened.
    if (socket.destroyed)
      return this.#broken(
        this.error ?? new ExchangeError("CONNECTION_SPENT", "the connection ended too soon"),
      );
    const { body } = request;
    let head: string;
    try {
      head = requestHead(request);
    } catch (error) {
      return this.#broken(error as Error);
    }
    // Not before: what has come by now answers nothing.
    this.#reader.expect(request.method === "HEAD");
    const sendHead = (): void => {
      this.isSent = true;
      socket.write(head, "latin1");
    };
    if (body === null) {
      sendHead();
      return handler.onRequestSent();
    }
    this.#isWriting = true;
    sendBody({ socket, request, body, sendHead }, (error) => {
      if (this.#handler !== handler) return;
      if (error !== null) return this.#broken(error);
      this.#isWriting = false;
      body.destroy();
      handler.onRequestSent();
    });
  };

  /** The way there and back is whoever's asked for it. */
  #handOver(head: RawHead, rest: Buffer): void {
    const socket = this.#socket;
    const handler = this.#handler;
    this.#handler = null;
    this.#reader.stop();
    socket.pause();
    if (this.#intake !== null) this.#intake.onBytes = null;
    this.#wire.onEnd = null;
    socket.off("data", this.#onBytes);
    socket.off("drain", this.#onDrain);
    socket.off("close", this.#onClose);
    if (rest.length > 0) socket.unshift(Buffer.from(rest));
    handler?.onUpgrade(head, socket);
  }

  /** Nothing is under way: the connection is kept for a while. */
  #rest({ keepAlive }: RawHead): void {
    this.#isFree = true;
    this.#intake?.rest();
    const ms = Math.min(this.#limits.waits.keepAliveMs, keepAliveMsOf(keepAlive));
    this.#expiresAt = performance.now() + ms;
    this.#timer ??= setTimeout(() => this.#expire(), Math.max(ms, 1)).unref();
  }

  /** One timer for many requests: it looks whether anything has happened since. */
  #expire(): void {
    this.#timer = null;
    if (!this.#isFree) return;
    const leftMs = this.#expiresAt - performance.now();
    if (leftMs <= 0) this.#close();
    else this.#timer = setTimeout(() => this.#expire(), Math.ceil(leftMs)).unref();
  }

  /** It is over. What the client was sent in this tick has to leave before it is told so. */
  #broken(error: Error): void {
    const handler = this.#handler;
    this.#close();
    if (handler === null) return;
    setImmediate(() => {
      if (this.#handler !== handler) return; // It has given up by itself.
      this.#handler = null;
      handler.onError(error);
    });
  }

  #close(): void {
    this.#isFree = false;
    this.#reader.stop();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#socket.destroy();
  }
}

/** The time that the origin names, less a head start; Infinity if it names none. @see RFC 2068 §19.7.1.1 */
function keepAliveMsOf(field: string): number {
  if (field === "") return Number.POSITIVE_INFINITY;
  const [, seconds] = /(?:^|[\s,;])timeout="?(\d+)/i.exec(field) ?? [];
  return seconds === undefined
    ? Number.POSITIVE_INFINITY
    : Math.max(0, Number(seconds) * 1_000 - headStartMs);
}
