// One request on one connection, or one stream of it: undici's handler, writing straight to the client's response. No stream in between.
// The flat handler methods are undici 7's direct path; undici 8 has others, which is why they stand in one class.

import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

import { ExchangeError } from "../classify/exchange-error.ts";
import { codeOf } from "../connect/phase-error.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { hasBody } from "../identify/has-body.ts";
import type { ClientResponse } from "../listen/client-response.ts";
import { type Upgrade, upgradeOf } from "../listen/upgrades.ts";
import { type AttemptOwner, type AttemptSettings, badField, tooLarge } from "./attempt-owner.ts";
import { contentCheckFor } from "./content-check.ts";
import { ContentRelay } from "./content-relay.ts";
import { Deadline } from "./deadline.ts";
import { Drain } from "./drain.ts";
import type { LaneHandler, OriginLane } from "./origin-lane.ts";
import { thisTick } from "./real-time.ts";
import { RequestBody } from "./request-body.ts";
import { type ResponseHead, responseHead } from "./response-head.ts";
import { upgradeHead } from "./upgrade-head.ts";

/** @see RFC 9110 §15.2.2 */
export const switchingProtocols = 101;

/** One try at getting a response. */
export class Attempt implements LaneHandler {
  readonly connection: OriginLane;
  readonly isReused: boolean;
  /** The final head has come. */
  hasHead = false;

  readonly #context: ExchangeContext;
  readonly #res: ClientResponse;
  readonly #settings: AttemptSettings;
  readonly #owner: AttemptOwner;
  readonly #hasBody: boolean;
  readonly #upgrade: Upgrade | null;
  #abort: ((error: Error) => void) | null = null;
  readonly #deadline = new Deadline();
  #writtenBefore = 0;
  #sentAt = 0;
  #head: ResponseHead | null = null;
  #isTold = false;
  #body: RequestBody | null = null;
  #relay: ContentRelay | null = null;
  #isOver = false;
  /** The response has come to its end, although not all of it may have been passed on. */
  #isReceived = false;
  #drain: Drain | null = null;
  #early: Error | null = null;

  constructor(
    context: ExchangeContext,
    connection: OriginLane,
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
    this.#upgrade = upgradeOf(context.req);
  }

  /** Whether a byte of the request has been written. */
  get requestSent(): boolean {
    return this.connection.wire.sentBytes > this.#writtenBefore;
  }

  /** Sends the request. `fields` as undici takes them. */
  send(fields: string[]): void {
    const { wire } = this.connection;
    this.#writtenBefore = wire.sentBytes;
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
        ...(this.#upgrade !== null && { upgrade: this.#upgrade.protocols }),
      },
      this,
    );
  }

  /** Lets the client have the head, and all that follows. Throws ExchangeError `BAD_FIELD` if Node will not send it. */
  begin(extraFields: readonly string[]): void {
    const head = this.#head;
    if (head === null) return;
    try {
      this.#res.sendHead(head.status, head.reason, [...head.fields, ...extraFields]);
    } catch (error) {
      throw badField(error);
    }
    // The content is usually here within this very tick, and then head and content leave together.
    void thisTick.then(() => {
      if (!this.#isOver && this.#context.responseBytes === 0) this.#res.flushHeaders();
    });
  }

  /**
   * Lets `write` send the client something else than what follows the head, which nobody wants: neither owner's method is
   * called. `onFree` is, if the connection can be used again. Throws as `begin` does.
   */
  replace(write: (head: ResponseHead) => void, onFree: () => void): void {
    const head = this.#head;
    if (head === null) return;
    try {
      write(head);
    } catch (error) {
      throw codeOf(error) === "" ? error : badField(error); // What Node refuses has a code.
    }
    this.#finish();
    if (this.#isReceived) return onFree();
    this.#drain = new Drain(onFree, () => {
      this.#abort?.(new ExchangeError("CONNECTION_SPENT", "given up"));
      this.connection.destroy();
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
    if (this.hasHead) return;
    const { responseMs } = this.#settings;
    this.#deadline.start(responseMs, () => {
      this.fail(
        new ExchangeError(
          "RESPONSE_DEADLINE",
          `the response's head did not come in ${responseMs} ms`,
        ),
      );
    });
  }

  onHeaders(status: number, rawFields: Buffer[], _resume: () => void, reason: string): boolean {
    if (this.#isOver) return true;
    if (status === switchingProtocols) return this.#refuseSwitch();
    if (status >= 100 && status < 200) {
      this.#owner.onInterim(status, rawFields);
      return true;
    }
    this.hasHead = true;
    this.#context.responseMs = performance.now() - (this.#sentAt || performance.now());
    this.#deadline.end();
    const { wire } = this.connection;
    const head = responseHead(status, rawFields, reason, {
      firstBytes: wire.isHttp2 ? null : wire.headStart,
      mayChunk: this.#mayChunk(status),
      settings: this.#settings,
    });
    if (head instanceof ExchangeError) {
      this.hasHead = false;
      this.fail(head);
      return true;
    }
    wire.expectContent();
    this.#head = head;
    this.#context.originStatus = status;
    const { isContentChecked, bodyIdleMs, bufferBytes } = this.#settings;
    const check = isContentChecked ? contentCheckFor(head, this.#context.req.method) : null;
    const relay = new ContentRelay(this.#context, {
      wire,
      check,
      contentLength: head.contentLength,
      deadline: this.#deadline,
      bodyIdleMs,
      bufferBytes,
      tell: () => this.#tell(head),
      onEnd: () => this.#complete(),
      onError: (error) => this.fail(error),
    });
    this.#relay = relay;
    // RFC 9110 §8.6: a 304 may bear the length of content that it does not have; undici waits for it in vain.
    const isWithoutContent = status === 304 || status === 204;
    if ((isWithoutContent || !relay.isHeadHeld) && !this.#tell(head)) return true;
    if (isWithoutContent) this.#complete();
    else relay.waitForContent();
    return true;
  }

  /** The origin switches protocols as it was asked to. */
  onUpgrade(_status: number, rawFields: Buffer[] | string[] | null, socket: Duplex): void {
    if (this.#isOver) return;
    const { ray } = this.#context;
    const { ownCookie } = this.#settings;
    const asked = this.#upgrade?.protocols ?? "";
    const head = upgradeHead((rawFields ?? []) as Buffer[], { asked, ray, ownCookie });
    this.connection.wire.expectContent();
    if (head instanceof ExchangeError) return this.onError(head);
    this.#context.responseMs = performance.now() - (this.#sentAt || performance.now());
    this.hasHead = true;
    this.#finish();
    this.#owner.onUpgraded(this, head, socket as Socket);
  }

  /** Never false: the relay holds the socket, which undici survives better than being paused. */
  onData(chunk: Buffer): boolean {
    if (!this.#isOver) this.#relay?.push(chunk);
    else this.#drain?.push(chunk);
    return true;
  }

  /** The trailers are buffers, whatever undici's types say of its flat handlers. */
  onComplete(trailers: string[] | null): void {
    this.#isReceived = true;
    if (this.#isOver) return this.#drain?.end();
    // undici takes the reset at the end of a close-delimited body for its end.
    if (this.connection.wire.error !== null && this.#head?.isDelimited === false)
      return this.onError(this.connection.wire.error);
    this.connection.wire.onError = null; // What happens to the connection from here on is no concern of the response.
    this.#relay?.end(trailers);
  }

  onError(error: Error): void {
    if (this.#isOver) return this.#drain?.giveUp();
    this.#finish();
    this.connection.destroy();
    this.#owner.onFailed(this, error);
  }

  /** Whether the client can be sent chunks, and so trailers, should the response have no length. */
  #mayChunk(status: number): boolean {
    const { method, httpVersion } = this.#context.req;
    return httpVersion !== "1.0" && method !== "HEAD" && status !== 204 && status !== 304;
  }

  /** Sends the head, once; false if it cannot be sent. */
  #tell(head: ResponseHead): boolean {
    if (this.#isTold) return true;
    this.#isTold = true;
    try {
      this.#owner.onHead(head);
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
    return !this.#isOver;
  }

  /** A 101 that undici does not take for one: nobody asked, or it names no protocol. */
  #refuseSwitch(): boolean {
    this.fail(
      this.#upgrade === null
        ? new ExchangeError("UNASKED_UPGRADE", "the origin answered 101 to an ordinary request")
        : new ExchangeError("BAD_UPGRADE", "the origin answered 101 without naming a protocol"),
    );
    return true;
  }

  #complete(): void {
    this.#finish();
    this.#owner.onComplete(this);
  }

  #openBody(): RequestBody {
    const context = this.#context;
    const { writeMs, bodyIdleMs, bodyBytes } = this.#settings;
    const { req, copy } = context;
    const body = new RequestBody(req, { writeMs, idleMs: bodyIdleMs, copy }, (count) => {
      context.requestBytes += count;
      if (context.requestBytes > bodyBytes) this.fail(tooLarge(bodyBytes));
    });
    body.on("error", (error: Error) => this.fail(error));
    return body;
  }

  #finish(): void {
    this.#isOver = true;
    this.#body?.destroy(); // Before whoever answers begins to read what is left of the request.
    this.#deadline.end();
    this.#relay?.close();
    this.connection.wire.onError = null;
  }
}
