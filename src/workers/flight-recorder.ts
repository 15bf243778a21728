// In a worker: which requests are under way, kept where it outlives the worker, however that ends: in a file that the primary has open,
// too. What has changed is written once for each turn of the event loop, before the loop waits again.

import { writeSync } from "node:fs";
import { setImmediate } from "node:timers";

import type { ExchangeContext } from "../exchange-context.ts";
import type { Witness } from "../record/recorder.ts";
import { FlightSlots, slotBytes } from "./flight-slots.ts";

/** Requests that there is room for: those under way, and those that have ended and are yet to be reported. Two megabytes. */
export const flightSlots = 8_192;

/** Between two slots that have changed, so many that have not are written with them rather than apart. */
const mostBetween = 8;

/** Knows which report a request that ends now will be in. */
export interface Reports {
  readonly nextNumber: number;
  /** There is something to report. */
  arm(): void;
}

/** Writes down what is under way. */
export class FlightRecorder implements Witness {
  readonly #fd: number;
  readonly #reports: Reports;
  readonly #slots = new FlightSlots(new Uint8Array(flightSlots * slotBytes));
  /** In a ring, so that those in use are neighbours. */
  readonly #free = Uint16Array.from({ length: flightSlots }, (_, slot) => slot);
  #firstFree = 0;
  #freeCount = flightSlots;
  #underWay = 0;
  /** Of requests that have ended since the last report. */
  #ended: number[] = [];
  readonly #isDirty = new Uint8Array(flightSlots);
  #dirty: number[] = [];

  /** `fd` is the file's. */
  constructor(fd: number, reports: Reports) {
    this.#fd = fd;
    this.#reports = reports;
  }

  began(context: ExchangeContext): void {
    if (this.#freeCount === 0) return;
    const slot = this.#free[this.#firstFree] ?? 0;
    this.#firstFree = (this.#firstFree + 1) % flightSlots;
    this.#freeCount -= 1;
    context.flight = slot;
    this.#underWay += 1;
    const { req, target } = context;
    const question = target.indexOf("?");
    this.#slots.begin(slot, {
      ray: context.ray,
      method: req.method ?? "",
      version: req.httpVersion,
      client: context.clientAddress,
      host: context.host,
      path: question < 0 ? target : target.slice(0, question),
      isSecure: context.scheme === "https",
      startedAt: performance.timeOrigin + context.startedAt,
    });
    this.#touch(slot);
  }

  answered({ flight, res }: ExchangeContext): void {
    if (flight < 0) return;
    this.#slots.answer(flight, res.statusCode);
    this.#touch(flight);
  }

  ended(context: ExchangeContext, totalMs: number): void {
    this.#reports.arm();
    if (context.flight < 0) this.began(context); // The edge has answered by itself: it was never under way.
    const { flight, status, failure } = context;
    if (flight < 0) return;
    this.#slots.end(flight, status, {
      report: this.#reports.nextNumber,
      totalMs,
      failure,
      isLate: failure?.responseStarted === true,
    });
    this.#underWay -= 1;
    this.#ended.push(flight);
    this.#touch(flight);
  }

  /** How many requests are under way. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Takes the slots of what is in the report that is made now. */
  takeEnded(): readonly number[] {
    const ended = this.#ended;
    this.#ended = [];
    return ended;
  }

  /** Gives slots free: what was in them has been reported. Their bytes stay, and the report's number tells that they are old. */
  release(slots: readonly number[]): void {
    for (const slot of slots) {
      this.#free[(this.#firstFree + this.#freeCount) % flightSlots] = slot;
      this.#freeCount += 1;
    }
  }

  /** Writes what has changed. */
  write(): void {
    if (this.#dirty.length === 0) return;
    const dirty = this.#dirty.toSorted((left, right) => left - right);
    this.#dirty = [];
    let first = dirty[0] ?? 0;
    let last = first;
    for (const slot of dirty) {
      this.#isDirty[slot] = 0;
      if (slot - last > mostBetween) {
        this.#writeSlots(first, last);
        first = slot;
      }
      last = slot;
    }
    this.#writeSlots(first, last);
  }

  #touch(slot: number): void {
    if (this.#isDirty[slot] === 1) return;
    this.#isDirty[slot] = 1;
    if (this.#dirty.length === 0) setImmediate(() => this.write());
    this.#dirty.push(slot);
  }

  #writeSlots(first: number, last: number): void {
    const at = first * slotBytes;
    writeSync(this.#fd, this.#slots.bytes, at, (last - first + 1) * slotBytes, at);
  }
}
