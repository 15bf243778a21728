// Server-sent events for those who look on: exchanges as they end, a tick with every second's counts, and settings when they change.
// With nobody looking there is no timer.
// @see HTML Living Standard, Server-sent events

import type { ServerResponse } from "node:http";
import { clearInterval, setInterval } from "node:timers";

import type { ExchangeFilter } from "../record/exchange-filter.ts";
import { toJson } from "../plain-text.ts";
import { type ExchangeFeed, PassedCounts, slotMs } from "./exchange-feed.ts";
import type { AdminSubject } from "./subject.ts";
import { viewSettings } from "./views.ts";

/** No more readers at the same time. */
export const mostReaders = 32;

const slotsPerSecond = 1_000 / slotMs;

/** A connection that says nothing is kept open by a comment now and then. */
const slotsPerKeepAlive = 15 * slotsPerSecond;

/** A reader that has more than this coming, in bytes, does not read. */
const mostUnread = 262_144;

/** Where a reader's events go. */
type Sink = Pick<ServerResponse, "write" | "end" | "destroy" | "once" | "writableLength">;

/** Someone who looks on. */
interface Reader {
  readonly sink: Sink;
  /** Exchanges shown since the last tick. */
  shown: number;
}

/** The readers, and what they are told. */
export class LiveStream {
  readonly #subject: AdminSubject;
  readonly #feed: ExchangeFeed;
  readonly #readers = new Map<number, Reader>();
  #nextReader = 1;
  readonly #stopListening: () => void;
  #timer: NodeJS.Timeout | null = null;
  #counts = new PassedCounts();
  #slot = 0;
  #hasNewSettings = false;

  constructor(subject: AdminSubject, feed: ExchangeFeed) {
    this.#subject = subject;
    this.#feed = feed;
    this.#stopListening = subject.settings.onChange(() => {
      this.#hasNewSettings = true;
    });
  }

  get isFull(): boolean {
    return this.#readers.size >= mostReaders;
  }

  /** Has a reader told of what is to come; the head of its response has left. */
  add(sink: Sink, filter: ExchangeFilter): void {
    const number = this.#nextReader;
    this.#nextReader += 1;
    this.#readers.set(number, { sink, shown: 0 });
    sink.once("close", () => this.#remove(number));
    sink.write(`retry: 1000\n\n${event("settings", viewSettings(this.#subject))}`);
    this.#feed.open(number, filter);
    if (this.#timer !== null) return;
    this.#counts = new PassedCounts();
    this.#slot = 0;
    this.#hasNewSettings = false;
    this.#timer = setInterval(() => this.#turn(), slotMs);
    this.#timer.unref();
  }

  /** Ends every reader's response. */
  close(): void {
    this.#stopListening();
    for (const [number, { sink }] of this.#readers) {
      sink.end();
      this.#remove(number);
    }
  }

  #remove(number: number): void {
    this.#readers.delete(number);
    this.#feed.shut(number);
    if (this.#readers.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  /** A slot is over: what is to be told of it, is. */
  #turn(): void {
    this.#slot += 1;
    const passed = this.#feed.take();
    this.#counts.add(passed.counts);
    const isSecond = this.#slot % slotsPerSecond === 0;
    const settings = this.#hasNewSettings ? event("settings", viewSettings(this.#subject)) : "";
    const counts = isSecond ? this.#endSecond() : null;
    const rest = `${settings}${this.#slot % slotsPerKeepAlive === 0 ? ": keep-alive\n\n" : ""}`;
    this.#hasNewSettings = false;
    for (const [number, reader] of this.#readers) {
      const exchanges = passed.shown.get(number) ?? [];
      reader.shown += exchanges.length;
      let said = exchanges.map((one) => event("exchange", one)).join("") + rest;
      if (counts !== null) {
        said += event("tick", { ...counts, shown: reader.shown });
        reader.shown = 0;
      }
      if (said !== "") this.#tell(number, reader, said);
    }
  }

  #tell(number: number, { sink }: Reader, said: string): void {
    sink.write(said);
    if (sink.writableLength <= mostUnread) return;
    this.#remove(number);
    sink.destroy();
  }

  #endSecond(): Record<string, unknown> {
    const { requests, statuses, codes, failures } = this.#counts;
    this.#counts = new PassedCounts();
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
