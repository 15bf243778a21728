// The content of one response on its way to the client: at the client's pace, and, where it is compressed, looked into on
// the way. Nothing is buffered but what came in one piece, unless the zone wants it gathered.

import { setImmediate } from "node:timers";

import { ExchangeError } from "../classify/exchange-error.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import type { ClientResponse } from "../listen/client-response.ts";
import type { ContentCheck } from "./content-check.ts";
import type { Deadline } from "./deadline.ts";
import { Gathering } from "./gathering.ts";
import type { LaneWatch } from "./origin-lane.ts";
import { trailerFields } from "./response-head.ts";

/** What a relay works with and whom it tells. */
export interface RelayOptions {
  readonly wire: LaneWatch;
  readonly check: ContentCheck | null;
  /** Bytes of content announced; null where they are not. */
  readonly contentLength: number | null;
  readonly deadline: Deadline;
  readonly bodyIdleMs: number;
  /** Bytes to gather before any are passed on; 0 passes each piece on at once. */
  readonly bufferBytes: number;
  /** Sends the head, once; false if it cannot be sent. */
  readonly tell: () => boolean;
  readonly onEnd: () => void;
  readonly onError: (error: Error) => void;
}

/** So much may wait for a client before the origin has to: one read's worth, mostly on its way within the tick. */
const freeBytes = 65_536;

/** Passes content on. */
export class ContentRelay {
  readonly #context: ExchangeContext;
  readonly #res: ClientResponse;
  readonly #options: RelayOptions;
  readonly #gathering: Gathering | null;
  /** Pieces that wait for their check. */
  readonly #unchecked: Buffer[] = [];
  #isChecking = false;
  /** The last piece, until the end has been checked. */
  #held: Buffer | null = null;
  /** The client has enough for now. */
  #isFull = false;
  #trailers: readonly string[] = [];
  /** What ended the response behind the content that waits for its check. */
  #fault: Error | null = null;
  #hasEnded = false;
  #isClosed = false;

  constructor(context: ExchangeContext, options: RelayOptions) {
    this.#context = context;
    this.#res = context.res;
    this.#options = options;
    this.#gathering = options.bufferBytes === 0 ? null : new Gathering(options.bufferBytes);
  }

  /** Whether the head waits for content: the first that is found good, or the first that leaves. */
  get isHeadHeld(): boolean {
    return this.#options.check !== null || this.#gathering !== null;
  }

  /** Takes a piece of content. */
  push(chunk: Buffer): void {
    const { check, wire, deadline } = this.#options;
    if (check === null && this.#gathering === null && this.#res.takesAtOnce(chunk)) {
      this.#context.responseBytes += chunk.length;
      deadline.refresh();
      return;
    }
    const piece = wire.keep(chunk);
    if (check === null) {
      this.#pass(piece);
    } else {
      this.#unchecked.push(piece);
      this.#checkNext(check);
    }
  }

  /** The response has come to its end. */
  end(trailers: readonly string[]): void {
    this.#trailers = trailers;
    this.#hasEnded = true;
    if (this.#options.check === null) this.#end();
    else this.#checkNext(this.#options.check);
  }

  /** Fails with this error once all that came before is checked, unless that was wrong itself. False if there is nothing to check. */
  failsLater(error: Error): boolean {
    if (this.#isChecking) this.#fault = error;
    return this.#isChecking;
  }

  /** Stops, wherever it is. */
  close(): void {
    this.#isClosed = true;
    this.#options.check?.close();
    this.#options.wire.release();
  }

  /** From now on there is a limit to how long content may take. */
  begin(): void {
    if (!this.#isFull && !this.#hasEnded) this.#waitForContent();
  }

  /** Waits for the origin's next piece. */
  #waitForContent(): void {
    const { deadline, bodyIdleMs, onError } = this.#options;
    deadline.start(bodyIdleMs, () => {
      onError(
        new ExchangeError("BODY_DEADLINE", `the response's content stopped (${bodyIdleMs} ms)`),
      );
    });
  }

  #pass(chunk: Buffer): void {
    this.#options.deadline.refresh();
    if (this.#gathering === null) return this.#write(chunk);
    const gathered = this.#gathering.add(chunk);
    if (gathered !== null && this.#options.tell()) this.#write(gathered);
  }

  #write(chunk: Buffer): void {
    this.#context.responseBytes += chunk.length;
    const isRoom = this.#res.write(chunk);
    const { unsentBytes } = this.#res;
    if (unsentBytes === 0 && this.#options.check === null) this.#options.wire.forget();
    if (isRoom || this.#isFull || unsentBytes <= freeBytes) return;
    this.#isFull = true;
    this.#waitForClient();
    this.#holdOrRelease();
  }

  #end(): void {
    if (this.#gathering !== null && !this.#passRest(this.#gathering)) return;
    if (this.#trailers.length > 0) this.#res.sendTrailers(trailerFields(this.#trailers));
    this.#options.onEnd();
  }

  /** Lets go of what has gathered by the end; false if the client cannot have it. */
  #passRest(gathering: Gathering): boolean {
    if (!this.#options.tell()) return false;
    const rest = gathering.take();
    if (rest !== null) this.#write(rest);
    return true;
  }

  /** Compressed content goes on piece by piece, each when it has been decoded; the last one when the end is right, too. */
  #checkNext(check: ContentCheck): void {
    if (this.#isChecking || this.#isClosed) return;
    const chunk = this.#unchecked.shift();
    if (chunk === undefined && this.#fault !== null) return this.#failWith(this.#fault);
    if (chunk === undefined && !this.#hasEnded) return;
    this.#isChecking = true;
    this.#holdOrRelease();
    const checked = (error: ExchangeError | null): void => {
      this.#isChecking = false;
      if (this.#isClosed) return;
      if (error !== null) return this.#options.onError(error);
      if (this.#gathering === null && !this.#options.tell()) return;
      if (chunk === undefined) {
        if (this.#held !== null) this.#pass(this.#held);
        return this.#end();
      }
      const passed = this.#context.responseBytes + (this.#gathering?.size ?? 0);
      const isLast = this.#options.contentLength === passed + chunk.length;
      if (isLast) this.#held = chunk;
      else this.#pass(chunk);
      this.#checkNext(check);
      return this.#holdOrRelease();
    };
    if (chunk === undefined) check.end(checked);
    else check.check(chunk, checked);
  }

  /** What the client was sent in this tick has to leave before it may be cut off. */
  #failWith(fault: Error): void {
    setImmediate(() => {
      if (!this.#isClosed) this.#options.onError(fault);
    });
  }

  #holdOrRelease(): void {
    if (this.#isFull || this.#isChecking) this.#options.wire.hold();
    else this.#options.wire.release();
  }

  /** The client takes no more: the origin is not to blame for that, but nobody waits for ever. */
  #waitForClient(): void {
    this.#waitWhileReading(this.#res.unsentBytes);
    this.#res.once("drain", () => {
      this.#isFull = false;
      if (this.#isClosed) return;
      this.#waitForContent();
      this.#holdOrRelease();
    });
  }

  /** A client that reads slowly is still a client: only one that takes nothing at all is given up. */
  #waitWhileReading(unsentBytes: number): void {
    const { deadline, bodyIdleMs, onError } = this.#options;
    deadline.start(bodyIdleMs, () => {
      const unsentNow = this.#res.unsentBytes;
      if (unsentNow < unsentBytes) this.#waitWhileReading(unsentNow);
      else onError(new ExchangeError("CLIENT_LEFT", "the client stopped reading"));
    });
  }
}
