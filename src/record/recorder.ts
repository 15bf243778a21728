// The end of the line: every request is recorded, good or bad, exactly once.

import type { Capacity } from "../capacity/capacity.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import type { AccessLines } from "./access-lines.ts";
import type { Tracing } from "../trace/tracing.ts";
import type { Metrics } from "./metrics.ts";
import type { RecentExchanges } from "./recent-exchanges.ts";
import { clientLeft } from "./statuses.ts";

/** Who is to hear of requests that have ended. */
export interface RecorderParts {
  readonly metrics: Metrics;
  readonly lines: AccessLines;
  /** Null where nobody can ask. */
  readonly recent: RecentExchanges | null;
  readonly capacity: Pick<Capacity, "leave">;
}

/** Knows at any time which requests are under way, for the case that their process ends before they do. */
export interface Witness {
  /** A request goes to an origin. */
  began(context: ExchangeContext): void;
  /** The head of its response has left. */
  answered(context: ExchangeContext): void;
  /** It has been recorded. */
  ended(context: ExchangeContext, totalMs: number): void;
}

/** Writes the access line, counts, keeps what was of late, and ends the trace. */
export class Recorder {
  readonly #metrics: Metrics;
  readonly #lines: AccessLines;
  readonly #recent: RecentExchanges | null;
  readonly #capacity: RecorderParts["capacity"];
  /** Null where no traces are made. */
  tracing: Pick<Tracing, "end"> | null = null;

  /** Null where nobody would be left to ask. */
  witness: Witness | null = null;

  constructor({ metrics, lines, recent, capacity }: RecorderParts) {
    this.#metrics = metrics;
    this.#lines = lines;
    this.#recent = recent;
    this.#capacity = capacity;
  }

  /** Records a request whose response has ended; a second call does nothing. */
  record(context: ExchangeContext): void {
    if (context.isRecorded) return;
    context.isRecorded = true;
    context.status = context.res.statusCode;
    this.#write(context);
  }

  /** Records a request whose client left first. That is no failure of the origin, whatever it was about to become. */
  recordLeft(context: ExchangeContext): void {
    if (context.isRecorded) return;
    context.isRecorded = true;
    context.status = clientLeft;
    context.failure = null;
    context.code = null;
    this.#write(context);
  }

  #write(context: ExchangeContext): void {
    this.#capacity.leave(context);
    const totalMs = performance.now() - context.startedAt;
    this.#metrics.count(context, totalMs);
    const time = Date.now();
    this.#lines.add(context, time, totalMs);
    this.#recent?.add(context, time, totalMs);
    this.tracing?.end(context);
    this.witness?.ended(context, totalMs);
  }
}
