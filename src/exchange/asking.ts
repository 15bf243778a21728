// One request without a client, as health checks and diagnosis send it: its response is judged by the same code as any other's,
// and read as far as it is looked at.

import { classifyExchange } from "../classify/classify-exchange.ts";
import { ExchangeError } from "../classify/exchange-error.ts";
import { Http2Error } from "../classify/http2-error.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import { type ContentCheck, contentCheckFor } from "./content-check.ts";
import { Deadline } from "./deadline.ts";
import type { LaneHandler, LaneWatch, OriginLane } from "./origin-lane.ts";
import type { RawHead } from "./read-head.ts";
import { type ResponseHead, responseHead } from "./response-head.ts";

/** What there is to know of a response. */
export interface Asked {
  readonly status: number;
  /** The Location field; null if there is none. */
  readonly location: string | null;
  /** The first 10 KB of the content, byte for byte. */
  readonly text: string;
  /** Bytes of content that were read. */
  readonly contentBytes: number;
  /** The content was read to its end. */
  readonly isWhole: boolean;
}

/** A response's head, whatever becomes of its content. */
export interface HeadSeen extends ResponseHead {
  /** As the head says: `HTTP/1.1`. */
  readonly version: string;
  /** Bytes of the header section; in HTTP/2 as its limit counts them. @see RFC 9113 §6.5.2 */
  readonly headerBytes: number;
  /** Milliseconds from the request to here. */
  readonly headMs: number;
}

/** What is asked. */
export interface Question {
  readonly method: "GET" | "HEAD";
  readonly path: string;
  /** Names and values in turn. */
  readonly fields: readonly string[];
  /** The connection has served another request. */
  readonly isReused?: boolean;
  /** Once the response is whole the connection is left as it is: for another request. */
  readonly keepsLane?: boolean;
  readonly onHead?: (head: HeadSeen) => void;
}

/**
 * How long is waited: until `endsAt` (of `performance.now()`) for everything, or `stepMs` milliseconds for the head, and for each
 * piece of the content; content that has kept coming for so long is looked at no longer.
 */
export type Patience = { readonly endsAt: number } | { readonly stepMs: number };

/** The content that is looked at for a text. @see Cloudflare docs, Load Balancing, Common error codes: response body mismatch */
const textBytes = 10 * 1024;
/** The content that is read, to see that its framing and its coding hold. */
const mostBytes = 256 * 1024;

/** Asks, once. Resolves with what came, or with the failure. */
export function ask(
  lane: OriginLane,
  question: Question,
  patience: Patience,
): Promise<Asked | OriginFailure> {
  return new Promise((resolve) => {
    new Asking(lane, question, resolve).start(patience);
  });
}

/** The origin has promised that it did nothing: it wants another stream, or HTTP/1.1, as it would of a request. */
export function mayAskAgain(result: Asked | OriginFailure): boolean {
  return "phase" in result && result.cause instanceof Http2Error && result.cause.isUnprocessed;
}

class Asking implements LaneHandler {
  readonly #lane: OriginLane;
  readonly #question: Question;
  readonly #resolve: (result: Asked | OriginFailure) => void;
  readonly #deadline = new Deadline();
  /** Of each step; null where there is one for all of them. */
  #stepMs: number | null = null;
  #startedAt = 0;
  #headAt = 0;
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

  start(patience: Patience): void {
    const { method, path, fields } = this.#question;
    this.#startedAt = performance.now();
    this.#stepMs = "stepMs" in patience ? patience.stepMs : null;
    const waitMs = "stepMs" in patience ? patience.stepMs : patience.endsAt - this.#startedAt;
    this.#deadline.start(Math.max(1, waitMs), () => this.#late());
    this.#lane.send({ method, path, fields, body: null, upgrade: null }, this);
  }

  onRequestSent(): void {}

  onHead(raw: RawHead): void {
    if (this.#isOver) return;
    const { status } = raw;
    if (status === 101)
      this.#fail(
        new ExchangeError("UNASKED_UPGRADE", "the origin answered 101 to an ordinary request"),
      );
    if (status >= 100 && status < 200) return;
    const settings = { server: null, ownCookie: null };
    const head = responseHead(raw, { mayChunk: false, settings });
    if (head instanceof ExchangeError) return this.#fail(head);
    this.#takeHead(head, raw);
    this.#check = contentCheckFor(head, this.#question.method);
  }

  onUpgrade(): void {} // Nobody asked for one, and none is told of.

  onData(piece: Buffer): void {
    if (this.#isOver) return;
    if (this.#bytes < textBytes) this.#pieces.push(piece);
    this.#bytes += piece.length;
    const check = this.#check;
    if (check !== null) this.#checkInTurn((done) => check.check(piece, done));
    if (this.#bytes >= mostBytes || this.#isFlowing())
      void this.#checked.then(() => this.#succeed(false));
  }

  onComplete(): void {
    if (this.#isOver) return;
    const check = this.#check;
    if (check !== null) this.#checkInTurn((done) => check.end(done));
    void this.#checked.then(() => this.#succeed(true));
  }

  onError(error: Error): void {
    this.#fail(error);
  }

  #takeHead(head: ResponseHead, raw: RawHead): void {
    this.#head = head;
    this.#headAt = performance.now();
    if (this.#stepMs !== null) this.#deadline.refresh();
    const headMs = this.#headAt - this.#startedAt;
    this.#question.onHead?.({ ...head, ...sizeOf(this.#lane.wire, raw), headMs });
  }

  /** Each piece has its own wait; whether enough of them have come to see that the content flows. */
  #isFlowing(): boolean {
    if (this.#stepMs === null) return false;
    this.#deadline.refresh();
    return performance.now() - this.#headAt > this.#stepMs;
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
        isReused: this.#question.isReused ?? false,
        requestSent: true,
        hasHead: this.#head !== null,
        responseStarted: false,
      }),
    );
  }

  #succeed(isWhole: boolean): void {
    const isKept = isWhole && this.#question.keepsLane === true;
    this.#end(
      () => ({
        status: this.#head?.status ?? 0,
        location: locationOf(this.#head),
        text: Buffer.concat(this.#pieces).toString("latin1", 0, textBytes),
        contentBytes: this.#bytes,
        isWhole,
      }),
      isKept,
    );
  }

  /** Once: unless it is kept, the connection is given up, whatever it might still bring. */
  #end(resultOf: () => Asked | OriginFailure, isKept = false): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const result = resultOf();
    this.#deadline.end();
    this.#check?.close();
    if (!isKept) this.#lane.destroy();
    this.#resolve(result);
  }
}

const headEnd = Buffer.from("\r\n\r\n");

/** What RFC 9113 §6.5.2 adds to each field's name and value. */
const fieldOverhead = 32;

/** The version that a head has, and its size. */
function sizeOf(
  { headBytes }: LaneWatch,
  { minorVersion, fields }: RawHead,
): Pick<HeadSeen, "version" | "headerBytes"> {
  if (minorVersion === null) {
    const bytes = fields.reduce((sum, { length }) => sum + length, 0);
    return { version: "HTTP/2", headerBytes: bytes + (fields.length / 2) * fieldOverhead };
  }
  const end = headBytes.indexOf(headEnd);
  return {
    version: `HTTP/1.${minorVersion}`,
    headerBytes: end < 0 ? headBytes.length : end + headEnd.length,
  };
}

function locationOf(head: ResponseHead | null): string | null {
  const { fields = [] } = head ?? {};
  const at = fields.findIndex(
    (name, index) => index % 2 === 0 && name.toLowerCase() === "location",
  );
  return at < 0 ? null : (fields[at + 1] ?? null);
}
