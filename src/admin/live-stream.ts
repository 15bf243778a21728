// Server-sent events for those who look on: exchanges as they end, a tick with every second's counts, and settings when they change.
// With nobody looking there is no timer, and the recorder calls nobody.
// @see HTML Living Standard, Server-sent events

import type { ServerResponse } from "node:http";
import { clearInterval, setInterval } from "node:timers";

import type { ExchangeFilter } from "../record/exchange-filter.ts";
import type { KeptExchange } from "../record/kept-exchange.ts";
import { isWanted } from "../record/recent-exchanges.ts";
import { toJson } from "../plain-text.ts";
import { summarise } from "./exchange-views.ts";
import { Sampler } from "./sampler.ts";
import type { AdminSubject } from "./subject.ts";
import { viewSettings } from "./views.ts";

/** No more readers at the same time. */
export const mostReaders = 32;

/** Exchanges are shown in slots, ten a second, five in each: fifty a second, evenly. */
const slotMs = 100;
const slotsPerSecond = 1_000 / slotMs;
const exchangesPerSlot = 5;

/** A connection that says nothing is kept open by a comment now and then. */
const slotsPerKeepAlive = 15 * slotsPerSecond;

/** A reader that has more than this coming, in bytes, does not read. */
const mostUnread = 262_144;

/** Where a reader's events go. */
type Sink = Pick<ServerResponse, "write" | "end" | "destroy" | "once" | "writableLength">;

/** Someone who looks on. */
interface Reader {
  readonly sink: Sink;
  readonly filter: ExchangeFilter;
  readonly sampler: Sampler;
  /** Exchanges shown since the last tick. */
  shown: number;
}

/** The counts of a second: every exchange, shown or not. */
class Counts {
  requests = 0;
  readonly statuses = new Map<number, number>();
  readonly codes = new Map<number, number>();
  readonly failures = new Map<string, number>();

  add({ status, code, failure }: KeptExchange): void {
    this.requests += 1;
    increment(this.statuses, status);
    if (code !== null) increment(this.codes, code);
    if (failure !== null) increment(this.failures, failure.type);
  }
}

/** The readers, and what they are told. */
export class LiveStream {
  readonly #subject: AdminSubject;
  readonly #readers = new Set<Reader>();
  readonly #stopListening: () => void;
  #timer: NodeJS.Timeout | null = null;
  #counts = new Counts();
  #slot = 0;
  #hasNewSettings = false;

  constructor(subject: AdminSubject) {
    this.#subject = subject;
    this.#stopListening = subject.settings.onChange(() => {
      this.#hasNewSettings = true;
    });
  }

  get isFull(): boolean {
    return this.#readers.size >= mostReaders;
  }

  /** Has a reader told of what is to come; the head of its response has left. */
  add(sink: Sink, filter: ExchangeFilter): void {
    const reader: Reader = {
      sink,
      filter,
      sampler: new Sampler(exchangesPerSlot * slotsPerSecond),
      shown: 0,
    };
    this.#readers.add(reader);
    sink.once("close", () => this.#remove(reader));
    sink.write(`retry: 1000\n\n${event("settings", viewSettings(this.#subject))}`);
    if (this.#timer !== null) return;
    this.#counts = new Counts();
    this.#slot = 0;
    this.#hasNewSettings = false;
    this.#subject.recent.watch((kept) => this.#take(kept));
    this.#timer = setInterval(() => this.#turn(), slotMs);
    this.#timer.unref();
  }

  /** Ends every reader's response. */
  close(): void {
    this.#stopListening();
    for (const reader of this.#readers) {
      reader.sink.end();
      this.#remove(reader);
    }
  }

  #remove(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
    this.#subject.recent.watch(null);
  }

  #take(kept: KeptExchange): void {
    this.#counts.add(kept);
    for (const { filter, sampler } of this.#readers)
      if (isWanted(kept, filter)) sampler.offer(kept);
  }

  /** A slot is over: what is to be told of it, is. */
  #turn(): void {
    this.#slot += 1;
    const isSecond = this.#slot % slotsPerSecond === 0;
    const settings = this.#hasNewSettings ? event("settings", viewSettings(this.#subject)) : "";
    const counts = isSecond ? this.#endSecond() : null;
    const rest = `${settings}${this.#slot % slotsPerKeepAlive === 0 ? ": keep-alive\n\n" : ""}`;
    this.#hasNewSettings = false;
    for (const reader of this.#readers) {
      const exchanges = reader.sampler.take(exchangesPerSlot);
      reader.shown += exchanges.length;
      let said = exchanges.map((kept) => event("exchange", summarise(kept))).join("") + rest;
      if (counts !== null) {
        said += event("tick", { ...counts, shown: reader.shown });
        reader.shown = 0;
      }
      if (said !== "") this.#tell(reader, said);
    }
  }

  #tell(reader: Reader, said: string): void {
    reader.sink.write(said);
    if (reader.sink.writableLength <= mostUnread) return;
    this.#remove(reader);
    reader.sink.destroy();
  }

  #endSecond(): Record<string, unknown> {
    const { requests, statuses, codes, failures } = this.#counts;
    this.#counts = new Counts();
    return {
      time: Date.now(),
      requests,
      shown: 0,
      statuses: Object.fromEntries(statuses),
      codes: Object.fromEntries(codes),
      failures: Object.fromEntries(failures),
    };
  }
}

/** No line end can be in JSON, so that it is one line of data. */
function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${toJson(data)}\n\n`;
}

function increment<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
