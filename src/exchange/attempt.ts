// One request on one connection: undici's handler, writing straight to the client's response. No stream in between.
//
// These are undici 7's flat handler methods, its direct path; undici 8 has others, which is why they stand in one class.

import type { ServerResponse } from "node:http";

import type { Dispatcher } from "undici";

import { ExchangeError } from "../classify/exchange-error.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { hasBody } from "../identify/has-body.ts";
import type { OriginConnection } from "./origin-connection.ts";
import { type ContentCheck, contentCheckFor } from "./content-check.ts";
import { Deadline } from "./deadline.ts";
import { RequestBody } from "./request-body.ts";
import { type ResponseHead, responseHead, trailerFields } from "./response-head.ts";

/** What a zone says of an attempt: milliseconds for each wait, already scaled, and whether content is looked into. */
export interface AttemptSettings {
  readonly responseMs: number;
  readonly bodyIdleMs: number;
  readonly writeMs: number;
  readonly isContentChecked: boolean;
}

/** What an attempt tells whoever made it. Exactly one of `onComplete` and `onFailed` is called, and last. */
export interface AttemptOwner {
  /** The final head is there and good; the owner calls `begin` when the client may have it. */
  onHead(head: ResponseHead): void;
  onInterim(status: number, rawFields: readonly Buffer[]): void;
  onComplete(attempt: Attempt): void;
  onFailed(attempt: Attempt, error: unknown): void;
}

/** One try at getting a response. */
export class Attempt implements Dispatcher.DispatchHandler {
  readonly connection: OriginConnection;
  readonly isReused: boolean;
  /** The final head has come. */
  hasHead = false;

  readonly #context: ExchangeContext;
  readonly #res: ServerResponse;
  readonly #settings: AttemptSettings;
  readonly #owner: AttemptOwner;
  readonly #hasBody: boolean;
  #abort: ((error: Error) => void) | null = null;
  readonly #deadline = new Deadline();
  #writtenBefore = 0;
  #sentAt = 0;
  #head: ResponseHead | null = null;
  #isTold = false;
  #body: RequestBody | null = null;
  #check: ContentCheck | null = null;
  /** Pieces of content that wait for their check. */
  readonly #unchecked: Buffer[] = [];
  #isChecking = false;
  /** The content's last piece, until the end has been checked. */
  #held: Buffer | null = null;
  /** The client has enough for now. */
  #isFull = false;
  /** The trailers, once the response has come to its end. */
  #trailers: string[] | null = null;
  #hasEnded = false;
  #isOver = false;
  #early: Error | null = null;

  constructor(
    context: ExchangeContext,
    connection: OriginConnection,
    settings: AttemptSettings,
    owner: AttemptOwner,
  ) {
    this.#context = context;
    this.#res = context.res;
    this.connection = connection;
    this.isReused = connection.requests > 0;
    this.#settings = settings;
    this.#owner = owner;
    this.#hasBody = hasBody(context.req);
  }

  /** Whether a byte of the request has been written. */
  get requestSent(): boolean {
    return this.connection.wire.socket.bytesWritten > this.#writtenBefore;
  }

  /** Sends the request. `fields` as undici takes them. */
  send(fields: string[]): void {
    const { wire } = this.connection;
    this.#writtenBefore = wire.socket.bytesWritten;
    wire.expectHead();
    // undici hears of it after us, and must not find the request gone: what it does not see to is ours, a moment later.
    wire.onError = (error) => queueMicrotask(() => this.fail(error));
    const { method = "GET" } = this.#context.req;
    const body = this.#hasBody ? this.#openBody() : null;
    this.#body = body;
    this.connection.send(
      {
        path: this.#context.target,
        method,
        headers: fields,
        body: body as never,
      },
      this,
    );
  }

  /** Lets the client have the head, and all that follows. Throws ExchangeError `BAD_FIELD` if Node will not send it. */
  begin(extraFields: readonly string[]): void {
    const head = this.#head;
    if (head === null) return;
    try {
      this.#res.writeHead(head.status, head.reason, [...head.fields, ...extraFields]);
    } catch (error) {
      throw new ExchangeError("BAD_FIELD", `the head cannot be sent on: ${String(error)}`);
    }
    // The content is usually here within this very tick, and then head and content leave together.
    queueMicrotask(() => {
      if (!this.#isOver && this.#context.responseBytes === 0) this.#res.flushHeaders();
    });
  }

  /** Ends the attempt from our side; the connection dies with it. */
  fail(error: Error): void {
    if (this.#isOver) return;
    if (this.#abort === null) this.#early = error;
    else {
      this.#abort(error);
      this.onError(error); // undici tells nobody once the response has come to its end.
    }
    this.connection.destroy();
  }

  onConnect(abort: (error?: Error) => void): void {
    this.#abort = abort;
    if (this.#early !== null) abort(this.#early);
  }

  onRequestSent(): void {
    this.#sentAt = performance.now();
    if (!this.hasHead)
      this.#wait(
        this.#settings.responseMs,
        "RESPONSE_DEADLINE",
        "the response's head did not come in time",
      );
  }

  onHeaders(status: number, rawFields: Buffer[], _resume: () => void, reason: string): boolean {
    if (this.#isOver) return true;
    if (status >= 100 && status < 200) {
      this.#owner.onInterim(status, rawFields);
      return true;
    }
    this.hasHead = true;
    this.#context.responseMs = performance.now() - (this.#sentAt || performance.now());
    this.#deadline.end();
    const { wire } = this.connection;
    const head = responseHead(status, rawFields, reason, {
      firstBytes: wire.headBytes,
      mayChunk: this.#mayChunk(status),
    });
    if (head instanceof ExchangeError) {
      this.hasHead = false;
      this.fail(head);
      return true;
    }
    wire.expectContent();
    this.#head = head;
    this.#context.originStatus = status;
    this.#check = this.#settings.isContentChecked
      ? contentCheckFor(head, this.#context.req.method)
      : null;
    if (this.#check === null) this.#tell(head);
    // RFC 9110 §8.6: a 304 may bear the length of content that it does not have; undici waits for it in vain.
    if (status === 304 || status === 204) this.#end();
    else this.#waitForContent();
    return true;
  }

  /** Never false: undici is not paused, its socket is held. */
  onData(chunk: Buffer): boolean {
    if (this.#isOver) return true;
    if (this.#check === null) {
      this.#pass(chunk);
    } else {
      this.#unchecked.push(chunk);
      this.#checkNext(this.#check);
    }
    return true;
  }

  /** The trailers are buffers, whatever undici's types say of its flat handlers. */
  onComplete(trailers: string[] | null): void {
    if (this.#isOver) return;
    // undici takes the reset at the end of a close-delimited body for its end.
    if (this.connection.wire.error !== null && this.#head?.isDelimited === false)
      return this.onError(this.connection.wire.error);
    this.#trailers = trailers;
    this.#hasEnded = true;
    this.connection.wire.onError = null; // What happens to the connection from here on is no concern of the response.
    if (this.#check === null) this.#end();
    else this.#checkNext(this.#check);
  }

  onError(error: Error): void {
    if (this.#isOver) return;
    this.#finish();
    this.connection.destroy();
    this.#owner.onFailed(this, error);
  }

  /** Whether the client can be sent chunks, and so trailers, should the response have no length. */
  #mayChunk(status: number): boolean {
    const { method, httpVersion } = this.#context.req;
    return httpVersion === "1.1" && method !== "HEAD" && status !== 204 && status !== 304;
  }

  #tell(head: ResponseHead): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#owner.onHead(head);
  }

  #pass(chunk: Buffer): void {
    this.#context.responseBytes += chunk.length;
    this.#deadline.refresh();
    if (this.#res.write(chunk) || this.#isFull) return;
    this.#isFull = true;
    this.#waitForClient();
    this.#holdOrRelease();
  }

  #end(): void {
    const trailers = this.#trailers ?? [];
    if (trailers.length > 0) this.#res.addTrailers(trailerFields(trailers));
    this.#finish();
    this.#owner.onComplete(this);
  }

  /** Compressed content goes on piece by piece, each when it has been decoded; the last one when the end is right, too. */
  #checkNext(check: ContentCheck): void {
    if (this.#isChecking || this.#isOver || this.#head === null) return;
    const head = this.#head;
    const chunk = this.#unchecked.shift();
    if (chunk === undefined && !this.#hasEnded) return;
    this.#isChecking = true;
    this.#holdOrRelease();
    const checked = (error: ExchangeError | null): void => {
      this.#isChecking = false;
      if (this.#isOver) return;
      if (error !== null) return this.onError(error);
      this.#tell(head);
      if (chunk === undefined) {
        if (this.#held !== null) this.#pass(this.#held);
        return this.#end();
      }
      if (head.contentLength === this.#context.responseBytes + chunk.length) this.#held = chunk;
      else this.#pass(chunk);
      this.#checkNext(check);
      return this.#holdOrRelease();
    };
    if (chunk === undefined) check.end(checked);
    else check.check(chunk, checked);
  }

  #holdOrRelease(): void {
    if (this.#isFull || this.#isChecking) this.connection.wire.hold();
    else this.connection.wire.release();
  }

  #openBody(): RequestBody {
    const context = this.#context;
    const body = new RequestBody(
      context.req,
      { writeMs: this.#settings.writeMs, idleMs: this.#settings.bodyIdleMs },
      (count) => {
        context.requestBytes += count;
      },
    );
    body.on("error", (error: Error) => this.fail(error));
    return body;
  }

  #finish(): void {
    this.#isOver = true;
    this.#body?.destroy(); // Before whoever answers begins to read what is left of the request.
    this.#deadline.end();
    this.#check?.close();
    this.connection.wire.onError = null;
    this.connection.wire.release();
  }

  #waitForContent(): void {
    this.#wait(this.#settings.bodyIdleMs, "BODY_DEADLINE", "the response's content stopped");
  }

  /** The client takes no more: the origin is not to blame for that, but nobody waits for ever. */
  #waitForClient(): void {
    this.#waitWhileReading(this.#res.socket?.writableLength ?? 0);
    this.#res.once("drain", () => {
      this.#isFull = false;
      if (this.#isOver) return;
      this.#waitForContent();
      this.#holdOrRelease();
    });
  }

  /** A client that reads slowly is still a client: only one that takes nothing at all is given up. */
  #waitWhileReading(unsentBytes: number): void {
    this.#deadline.start(this.#settings.bodyIdleMs, () => {
      const unsentNow = this.#res.socket?.writableLength ?? 0;
      if (unsentNow < unsentBytes) this.#waitWhileReading(unsentNow);
      else this.fail(new ExchangeError("CLIENT_LEFT", "the client stopped reading"));
    });
  }

  #wait(milliseconds: number, code: "RESPONSE_DEADLINE" | "BODY_DEADLINE", message: string): void {
    this.#deadline.start(milliseconds, () => {
      this.fail(new ExchangeError(code, `${message} (${milliseconds} ms)`));
    });
  }
}
