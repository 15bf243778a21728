// In a worker: the access lines and the numbers of what has been recorded, gathered for a moment, and handed to the primary, which
// writes and adds up.

import { clearTimeout, setTimeout } from "node:timers";
import { setImmediate } from "node:timers/promises";

import type { ConnectionLimit } from "../capacity/connection-limit.ts";
import type { LineWriter } from "../record/access-lines.ts";
import type { Metrics } from "../record/metrics.ts";
import type { FlightRecorder, Reports } from "./flight-recorder.ts";
import type { Report } from "./messages.ts";

/** Lines are gathered up to this many characters, and everything for this long, in milliseconds. */
const gatheredLength = 65_536;
const gatheredMs = 100;

/** How long requests that were cut off may take to be recorded, in milliseconds. */
const lastMs = 500;

/** What waits to leave has no more characters than this; lines beyond are lost. */
const mostUnsent = 16 * 1024 * 1024;

/** What a reporter reports of, and to whom. */
export interface ReporterParts {
  /** Resolves with whether the report has left this process. */
  readonly send: (report: Report) => Promise<boolean>;
  readonly metrics: Metrics;
  readonly connections: Pick<ConnectionLimit, "dropped">;
  readonly flights: FlightRecorder;
}

/** Gathers and reports. */
export class Reporter implements LineWriter, Reports {
  #parts: ReporterParts | null = null;
  nextNumber = 1;
  #text = "";
  #lines = 0;
  #dropped = 0;
  /** As many as had been when the last report was made. */
  #sampledOut = 0;
  #droppedConnections = 0;
  #unsent = 0;
  #timer: NodeJS.Timeout | null = null;

  /** To be called before the first request comes. */
  begin(parts: ReporterParts): void {
    this.#parts = parts;
  }

  write(line: string): void {
    if (this.#unsent + this.#text.length + line.length > mostUnsent) {
      this.#dropped += 1;
      return;
    }
    this.#text += line;
    this.#lines += 1;
    if (this.#text.length >= gatheredLength) void this.report(); // It never rejects.
    else this.arm();
  }

  arm(): void {
    this.#timer ??= setTimeout(() => void this.report(), gatheredMs);
  }

  /** Reports for the last time, when the requests that were cut off have been recorded. */
  async end(): Promise<void> {
    const until = performance.now() + lastMs;
    while ((this.#parts?.flights.underWay ?? 0) > 0 && performance.now() < until) {
      // oxlint-disable-next-line no-await-in-loop -- A turn of the event loop after the other.
      await setImmediate();
    }
    await this.report();
    this.#parts?.flights.write(); // Or what has been reported would be taken for under way.
  }

  /** Reports what there is. Resolves when it has left this process. */
  async report(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#parts === null) return;
    const { send, flights } = this.#parts;
    const ended = flights.takeEnded();
    const report = this.#make(this.#parts);
    this.#unsent += report.text.length;
    const hasLeft = await send(report);
    this.#unsent -= report.text.length;
    if (hasLeft) flights.release(ended);
  }

  #make({ metrics, connections }: ReporterParts): Report {
    const { dropped: droppedConnections } = connections;
    const { sampled_out: sampledOut } = metrics.lines.counts;
    const report = {
      number: this.nextNumber,
      text: this.#text,
      lines: this.#lines,
      dropped: this.#dropped,
      sampledOut: sampledOut - this.#sampledOut,
      droppedConnections: droppedConnections - this.#droppedConnections,
      counts: metrics.drain(),
    };
    this.nextNumber += 1;
    this.#text = "";
    this.#lines = 0;
    this.#dropped = 0;
    this.#sampledOut = sampledOut;
    this.#droppedConnections = droppedConnections;
    return report;
  }
}
