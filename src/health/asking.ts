// One request of a check on a connection: its response is judged by the same code as any other's, and read as far as it is looked at.

import { clearTimeout, setTimeout } from "node:timers";

import type { Dispatcher } from "undici";

import { classifyExchange } from "../classify/classify-exchange.ts";
import { ExchangeError } from "../classify/exchange-error.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import { type ContentCheck, contentCheckFor } from "../exchange/content-check.ts";
import type { LaneHandler, OriginLane } from "../exchange/origin-lane.ts";
import { type ResponseHead, responseHead } from "../exchange/response-head.ts";

/** What there is to know of a response. */
export interface Asked {
  readonly status: number;
  /** The Location field; null if there is none. */
  readonly location: string | null;
  /** The first 10 KB of the content, byte for byte. */
  readonly text: string;
}

/** What is asked. */
export interface Question {
  readonly method: "GET" | "HEAD";
  readonly path: string;
  /** Names and values in turn. */
  readonly fields: readonly string[];
}

/** The content that is looked at for a text. @see Cloudflare docs, Load Balancing, Common error codes: response body mismatch */
const textBytes = 10 * 1024;
/** The content that is read, to see that its framing and its coding hold. */
const mostBytes = 256 * 1024;

/** Asks, once. Resolves with what came, or with the failure, after `endsAt` (of `performance.now()`) at the latest. */
export function ask(
  lane: OriginLane,
  question: Question,
  endsAt: number,
): Promise<Asked | OriginFailure> {
  return new Promise((resolve) => {
    new Asking(lane, question, resolve).start(endsAt);
  });
}

class Asking implements LaneHandler {
  readonly #lane: OriginLane;
  readonly #question: Question;
  readonly #resolve: (result: Asked | OriginFailure) => void;
  #timer: NodeJS.Timeout | null = null;
  #abort: ((error?: Error) => void) | null = null;
  #head: ResponseHead | null = null;
  #check: ContentCheck | null = null;
  #checked: Promise<void> = Promise.resolve();
  readonly #pieces: Buffer[] = [];
  #bytes = 0;
  #isOver = false;

  constructor(
    lane: OriginLane,
    question: Question,
    resolve: (result: Asked | OriginFailure) => void,
  ) {
    this.#lane = lane;
    this.#question = question;
    this.#resolve = resolve;
  }

  start(endsAt: number): void {
    const { wire } = this.#lane;
    const { method, path, fields } = this.#question;
    this.#timer = setTimeout(() => this.#late(), Math.max(1, endsAt - performance.now()));
    wire.expectHead();
    wire.onError = (error) => queueMicrotask(() => this.#fail(error));
    const request = { path, method, headers: fields as string[], body: null };
    this.#lane.send(request satisfies Dispatcher.DispatchOptions, this);
  }

  onConnect(abort: (error?: Error) => void): void {
    this.#abort = abort;
  }

  onRequestSent(): void {}

  onHeaders(status: number, rawFields: Buffer[], _resume: () => void, reason: string): boolean {
    if (this.#isOver) return true;
    if (status === 101)
      this.#fail(new ExchangeError("UNASKED_UPGRADE", "the origin answered 101 to a check"));
    if (status >= 100 && status < 200) return true;
    const { wire } = this.#lane;
    const firstBytes = wire.isHttp2 ? null : wire.headBytes;
    const settings = { server: null, ownCookie: null };
    const context = { firstBytes, mayChunk: false, settings };
    const head = responseHead(status, rawFields, reason, context);
    if (head instanceof ExchangeError) {
      this.#fail(head);
      return true;
    }
    wire.expectContent();
    this.#head = head;
    this.#check = contentCheckFor(head, this.#question.method);
    // RFC 9110 §8.6: a 304 may bear the length of content that it does not have; undici waits for it in vain.
    if (status === 304 || status === 204) this.#succeed();
    return true;
  }

  onData(piece: Buffer): boolean {
    if (this.#isOver) return true;
    if (this.#bytes < textBytes) this.#pieces.push(piece);
    this.#bytes += piece.length;
    const check = this.#check;
    if (check !== null) this.#checkInTurn((done) => check.check(piece, done));
    if (this.#bytes >= mostBytes) void this.#checked.then(() => this.#succeed());
    return true;
  }

  onComplete(): void {
    if (this.#isOver) return;
    const { error } = this.#lane.wire;
    // undici takes the reset at the end of a close-delimited body for its end.
    if (error !== null && this.#head?.isDelimited === false) return this.#fail(error);
    const check = this.#check;
    if (check !== null) this.#checkInTurn((done) => check.end(done));
    void this.#checked.then(() => this.#succeed());
  }

  onError(error: Error): void {
    this.#fail(error);
  }

  /** Piece after piece: a decoder takes one at a time. */
  #checkInTurn(check: (done: (error: ExchangeError | null) => void) => void): void {
    this.#checked = this.#checked.then(async () => {
      if (this.#isOver) return;
      const error = await new Promise<ExchangeError | null>(check);
      if (error !== null) this.#fail(error);
    });
  }

  #late(): void {
    this.#fail(
      this.#head === null
        ? new ExchangeError("RESPONSE_DEADLINE", "the response's head did not come in time")
        : new ExchangeError(
            "BODY_DEADLINE",
            "the response's content did not come to its end in time",
          ),
    );
  }

  #fail(error: Error): void {
    this.#end(() =>
      classifyExchange({
        error,
        wire: this.#lane.wire,
        isReused: false,
        requestSent: true,
        hasHead: this.#head !== null,
        responseStarted: false,
      }),
    );
  }

  #succeed(): void {
    this.#end(() => ({
      status: this.#head?.status ?? 0,
      location: locationOf(this.#head),
      text: Buffer.concat(this.#pieces).toString("latin1", 0, textBytes),
    }));
  }

  /** Once: the connection is given up, whatever it might still bring. */
  #end(resultOf: () => Asked | OriginFailure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const result = resultOf();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#check?.close();
    this.#lane.wire.onError = null;
    this.#abort?.(new ExchangeError("CONNECTION_SPENT", "the check is over"));
    this.#lane.destroy();
    this.#resolve(result);
  }
}

function locationOf(head: ResponseHead | null): string | null {
  const { fields = [] } = head ?? {};
  const at = fields.findIndex(
    (name, index) => index % 2 === 0 && name.toLowerCase() === "location",
  );
  return at < 0 ? null : (fields[at + 1] ?? null);
}
