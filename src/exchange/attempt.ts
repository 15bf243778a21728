// One request on one connection, or one stream of it, and its response on the way to the client. No stream in between.

import type { Socket } from "node:net";

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
import type { RawHead } from "./read-head.ts";
import { RequestBody } from "./request-body.ts";
import { type ResponseHead, responseHead } from "./response-head.ts";
import { upgradeHead } from "./upgrade-head.ts";

/** Its `then` is called when this tick's work is done, by no clock. `queueMicrotask` would make a resource for each call. */
const thisTick = Promise.resolve();

/** @see RFC 9110 §15.2.2 */
export const switchingProtocols = 101;

/** One try at getting a response. */
export class Attempt implements LaneHandler {
  readonly isBrief = true;
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
  readonly #deadline = new Deadline();
  #sentAt = 0;
  #head: ResponseHead | null = null;
  #isTold = false;
  #body: RequestBody | null = null;
  #relay: ContentRelay | null = null;
  #isOver = false;
  /** The response has come to its end, although not all of it may have been passed on. */
  #isReceived = false;
  #drain: Drain | null = null;

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
    return this.connection.wire.isSent;
  }

  /** Sends the request. `fields` are names and values in turn. */
  send(fields: readonly string[]): void {
    const { method = "GET" } = this.#context.req;
    const path = this.#context.target;
    const body = (this.#body = this.#hasBody ? this.#openBody() : null);
    const upgrade = this.#upgrade?.protocols ?? null;
    this.connection.send({ method, path, fields, body, upgrade }, this);
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
    this.#drain = new Drain(onFree, () => this.connection.destroy());
  }

  /** Ends the attempt from our side; the connection dies with it. */
  fail(error: Error): void {
    if (!this.#isOver) this.#giveUp(error);
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

  onHead(raw: RawHead): void {
    if (this.#isOver) return;
    const { status } = raw;
    if (status === switchingProtocols) return this.#refuseSwitch();
    if (status >= 100 && status < 200) return this.#owner.onInterim(raw);
    this.hasHead = true;
    this.#context.responseMs = this.#waitedMs();
    this.#deadline.end();
    const head = responseHead(raw, { mayChunk: this.#mayChunk(status), settings: this.#settings });
    if (head instanceof ExchangeError) {
      this.hasHead = false;
      return this.fail(head);
    }
    this.#head = head;
    this.#context.originStatus = status;
    const { isContentChecked, bodyIdleMs, bufferBytes } = this.#settings;
    const check = isContentChecked ? contentCheckFor(head, this.#context.req.method) : null;
    const relay = new ContentRelay(this.#context, {
      wire: this.connection.wire,
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
    if (!relay.isHeadHeld && !this.#tell(head)) return;
    // The content is usually here within this very tick: then head and content leave together, and there is nothing to wait for.
    void thisTick.then(() => {
      if (this.#isOver) return;
      relay.begin();
      if (this.#isTold && this.#context.responseBytes === 0) this.#res.flushHeaders();
    });
  }

  /** The origin switches protocols as it was asked to. */
  onUpgrade({ fields }: RawHead, socket: Socket): void {
    if (this.#isOver) return;
    const { ray } = this.#context;
    const { ownCookie } = this.#settings;
    const asked = this.#upgrade?.protocols ?? "";
    const head = upgradeHead(fields, { asked, ray, ownCookie });
    if (head instanceof ExchangeError) return this.fail(head);
    this.#context.responseMs = this.#waitedMs();
    this.hasHead = true;
    this.#finish();
    this.#owner.onUpgraded(this, head, socket);
  }

  onData(piece: Buffer): void {
    if (!this.#isOver) this.#relay?.push(piece);
    else this.#drain?.push(piece);
  }

  onComplete(trailers: readonly string[]): void {
    this.#isReceived = true;
    if (this.#isOver) return this.#drain?.end();
    this.#relay?.end(trailers);
  }

  onError(error: Error): void {
    if (this.#isOver) return this.#drain?.giveUp();
    if (this.#relay?.failsLater(error) !== true) this.#giveUp(error);
  }

  /** Since the request was sent; 0 for an answer that came before all of it was. */
  #waitedMs(): number {
    return this.#sentAt === 0 ? 0 : performance.now() - this.#sentAt;
  }

  #giveUp(error: Error): void {
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

  /** Nobody asked for this 101, or it names no protocol. */
  #refuseSwitch(): void {
    this.fail(
      this.#upgrade === null
        ? new ExchangeError("UNASKED_UPGRADE", "the origin answered 101 to an ordinary request")
        : new ExchangeError("BAD_UPGRADE", "the origin answered 101 without naming a protocol"),
    );
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
  }
}
