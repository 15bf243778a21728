// What the flight recorder's file looks like: slots of one size, each with what is known of one request. The worker writes it, and the
// primary reads it when the worker has ended.

import { failureTypes, type FailureType, reasons } from "../../edge-codes/index.ts";

/** Bytes of one slot, of the numbers at its beginning, and of the text behind them. */
export const slotBytes = 256;
const numberBytes = 32;
const textBytes = slotBytes - numberBytes;

/** How far a request has come. */
const underWay = 1;
const ended = 2;

const secure = 1;
const late = 2;

/** No host is kept longer, so that there is room for the path; nothing else of a request's is longer anyway. */
const longestHost = 80;
const longestWord = 46;

/** A failure type is kept as its place here, and a reason as its place among those of its type. */
const types = Object.keys(failureTypes) as FailureType[];

/** A request, as the recorder knows it. */
export interface Flight {
  readonly ray: string;
  readonly method: string;
  /** Of HTTP. */
  readonly version: string;
  readonly client: string;
  readonly host: string;
  /** Without the query; cut where the slot ends. */
  readonly path: string;
  readonly isSecure: boolean;
  /** When its head was there, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** What the client got; 0 while no head has left. */
  readonly status: number;
  /** How it ended; null while it is under way. */
  readonly ending: FlightEnding | null;
}

/** How a request ended. */
export interface FlightEnding {
  /** Number of the report that has it. */
  readonly report: number;
  readonly totalMs: number;
  /** Null if nothing failed. */
  readonly failure: { readonly type: FailureType; readonly reason: string | null } | null;
  /** It failed after the head had left. */
  readonly isLate: boolean;
}

/** So many slots. */
export class FlightSlots {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #text: Buffer;
  readonly #words: Uint16Array;
  readonly #numbers: Uint32Array;
  readonly #times: Float64Array;

  /** `bytes` are as many slots as fit. */
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    const length = bytes.byteLength - (bytes.byteLength % slotBytes);
    this.bytes = bytes;
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, length);
    this.#words = new Uint16Array(bytes.buffer, bytes.byteOffset, length / 2);
    this.#numbers = new Uint32Array(bytes.buffer, bytes.byteOffset, length / 4);
    this.#times = new Float64Array(bytes.buffer, bytes.byteOffset, length / 8);
  }

  get count(): number {
    return this.#text.length / slotBytes;
  }

  /** Puts a request that begins into a slot. */
  begin(slot: number, flight: Omit<Flight, "status" | "ending">): void {
    const { bytes } = this;
    const { ray, isSecure, startedAt, path } = flight;
    const [method, version, client] = [
      cut(flight.method, longestWord),
      cut(flight.version, longestWord),
      cut(flight.client, longestWord),
    ];
    const host = cut(flight.host, longestHost);
    const at = slot * slotBytes;
    const before = ray.length + method.length + version.length + client.length + host.length;
    bytes[at] = underWay;
    bytes[at + 1] = ray.length;
    bytes[at + 2] = method.length;
    bytes[at + 3] = version.length;
    bytes[at + 4] = client.length;
    bytes[at + 5] = host.length;
    bytes[at + 6] = Math.min(path.length, textBytes - before);
    bytes[at + 7] = isSecure ? secure : 0;
    this.#words[at / 2 + 4] = 0;
    this.#times[at / 8 + 2] = startedAt;
    const text = `${ray}${method}${version}${client}${host}${path}`;
    this.#text.write(text, at + numberBytes, textBytes, "latin1");
  }

  /** The head of its response has left. */
  answer(slot: number, status: number): void {
    this.#words[(slot * slotBytes) / 2 + 4] = status;
  }

  /** It has ended. */
  end(slot: number, status: number, { report, totalMs, failure, isLate }: FlightEnding): void {
    const { bytes } = this;
    const at = slot * slotBytes;
    bytes[at] = ended;
    if (isLate) bytes[at + 7] = (bytes[at + 7] ?? 0) | late;
    this.#words[at / 2 + 4] = status;
    bytes[at + 10] = failure === null ? 0 : types.indexOf(failure.type) + 1;
    bytes[at + 11] =
      failure === null || failure.reason === null
        ? 0
        : reasonsOf(failure.type).indexOf(failure.reason) + 1;
    this.#numbers[at / 4 + 3] = report;
    this.#times[at / 8 + 3] = totalMs;
  }

  /** What is in a slot; null if nothing is. */
  read(slot: number): Flight | null {
    const { bytes } = this;
    const at = slot * slotBytes;
    const state = bytes[at];
    if (state !== underWay && state !== ended) return null;
    let from = at + numberBytes;
    const take = (place: number): string => {
      const length = bytes[at + place] ?? 0;
      from += length;
      return this.#text.toString("latin1", from - length, from);
    };
    return {
      ray: take(1),
      method: take(2),
      version: take(3),
      client: take(4),
      host: take(5),
      path: take(6),
      isSecure: ((bytes[at + 7] ?? 0) & secure) !== 0,
      startedAt: this.#times[at / 8 + 2] ?? 0,
      status: this.#words[at / 2 + 4] ?? 0,
      ending: state === ended ? this.#ending(at) : null,
    };
  }

  #ending(at: number): FlightEnding {
    const { bytes } = this;
    const type = types[(bytes[at + 10] ?? 0) - 1];
    return {
      report: this.#numbers[at / 4 + 3] ?? 0,
      totalMs: this.#times[at / 8 + 3] ?? 0,
      failure:
        type === undefined
          ? null
          : { type, reason: reasonsOf(type)[(bytes[at + 11] ?? 0) - 1] ?? null },
      isLate: ((bytes[at + 7] ?? 0) & late) !== 0,
    };
  }
}

function reasonsOf(type: FailureType): readonly string[] {
  return Object.keys(reasons[type]);
}

function cut(text: string, most: number): string {
  return text.length > most ? text.slice(0, most) : text;
}
