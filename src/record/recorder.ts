// The end of the line: every request is recorded, good or bad, exactly once.

import type { ExchangeContext } from "../exchange-context.ts";
import { accessLine, type LineWriter } from "./access-log.ts";
import type { Metrics } from "./metrics.ts";
import { clientLeft } from "./statuses.ts";

/** Writes the access line and counts. */
export class Recorder {
  readonly #metrics: Metrics;
  readonly #lines: LineWriter;

  constructor(metrics: Metrics, lines: LineWriter) {
    this.#metrics = metrics;
    this.#lines = lines;
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
    const totalMs = performance.now() - context.startedAt;
    this.#metrics.count(context, totalMs);
    this.#lines.write(accessLine(context, Date.now(), totalMs));
  }
}
