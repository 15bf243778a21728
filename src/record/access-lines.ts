// Which requests have a line in the access log, and in which form: level, sampling, JSON or pretty.

import { levels } from "pino";

import type { LogConfig } from "../config/gateway-config.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { accessLine, levelOf } from "./access-log.ts";
import { fieldMembers } from "./logged-fields.ts";
import { prettyLine } from "./pretty-line.ts";

/** What became of lines that were handed over. */
export interface LineCounts {
  written: number;
  /** Lost, because the reader was too slow or has gone. */
  dropped: number;
  /** Left out by other processes, whose lines are written here. */
  sampledOut?: number;
}

/** Where lines go, one at a time, each with its end. */
export interface LineWriter {
  write(line: string): void;
  /** Left out where whatever is handed over is written. */
  readonly counts?: LineCounts;
}

/** A ray id counts as a number by this many of its hexadecimal digits. */
const rayDigits = 12;
const rayRange = 16 ** rayDigits;

/** Writes the lines of requests that have ended. */
export class AccessLines {
  readonly #config: LogConfig;
  readonly #writer: LineWriter;
  readonly #leastLevel: number;
  readonly #hasFields: boolean;
  #handedOver = 0;
  #sampledOut = 0;

  constructor(config: LogConfig, writer: LineWriter) {
    this.#config = config;
    this.#writer = writer;
    this.#leastLevel = levels.values[config.level] ?? Infinity; // `silent` is none of pino's levels.
    this.#hasFields = config.requestFields.length > 0 || config.responseFields.length > 0;
  }

  /** How many lines there were, by what became of them, for the metric `edgecase_log_lines_total`. */
  get counts(): Readonly<Record<"written" | "sampled_out" | "dropped", number>> {
    const { counts } = this.#writer;
    const { written = this.#handedOver, dropped = 0, sampledOut = 0 } = counts ?? {};
    return { written, sampled_out: this.#sampledOut + sampledOut, dropped };
  }

  /** Writes the line of a request that ended at `time`, in milliseconds since the epoch, if it is among those that are wanted. */
  add(context: ExchangeContext, time: number, totalMs: number): void {
    const { sampleSuccesses, format } = this.#config;
    if (levelOf(context) < this.#leastLevel) return;
    if (sampleSuccesses < 1 && isSuccess(context) && !isSampled(context.ray, sampleSuccesses)) {
      this.#sampledOut += 1;
      return;
    }
    this.#handedOver += 1;
    this.#writer.write(
      format === "pretty"
        ? prettyLine(context, time, totalMs, this.#config)
        : accessLine(
            context,
            time,
            totalMs,
            this.#hasFields ? fieldMembers(context, this.#config) : "",
          ),
    );
  }
}

/** Nothing that anybody would look for: an origin's own 5xx is something, and so is a client that left. */
function isSuccess(context: ExchangeContext): boolean {
  return levelOf(context) === levels.values["info"] && context.status < 500;
}

/** Random by request, but the same for everybody who knows its ray id. */
function isSampled(ray: string, rate: number): boolean {
  return Number.parseInt(ray.slice(0, rayDigits), 16) < rate * rayRange;
}
