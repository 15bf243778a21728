// What a hostile origin does with one request, as far as it is the same in either version of HTTP.

import * as fc from "fast-check";

/** Stands in a plan's bytes for the request's own marker, by which content is known again. As long as one. */
export const placeholder = "@@@marker@@@";

/** So many of the last markers are known again; damage to one makes none that anybody has. */
const knownMarkers = 10_000;
const markers = new Set<string>();

/** A marker that no other request has. */
export function newMarker(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(placeholder.length / 2 - 1));
  const marker = `mk${Buffer.from(bytes).toString("hex")}`;
  markers.add(marker);
  const [oldest] = markers;
  if (markers.size > knownMarkers && oldest !== undefined) markers.delete(oldest);
  return marker;
}

/** Whether a request has this marker, or had it lately. */
export function isMarker(text: string): boolean {
  return markers.has(text);
}

/** What becomes of the connection when everything has been sent. */
export type Ending = "ends" | "resets" | "stays";

/** The same for every version: how bytes are sent, not which. */
export interface Delivery {
  /** Where the bytes are cut into pieces, as shares of the whole. Each piece is a packet, as far as that can be had. */
  readonly cuts: readonly number[];
  /** Other places to cut them: what the gateway makes of them must not depend on it. */
  readonly otherCuts: readonly number[];
  readonly ending: Ending;
}

/** A place, as a share of the whole: anywhere alike. (Numbers that are no integers are mostly next to nothing.) */
const anywhere = fc.noBias(fc.nat({ max: 10_000 })).map((part) => part / 10_001);

const cuts = fc.array(anywhere, { maxLength: 4 });

/** How bytes are sent. Those that stay are few, since somebody has to wait for them. */
export const delivery: fc.Arbitrary<Delivery> = fc.record({
  cuts,
  otherCuts: cuts,
  ending: fc.oneof(
    { weight: 12, arbitrary: fc.constant("ends" as const) },
    { weight: 2, arbitrary: fc.constant("stays" as const) },
    { weight: 1, arbitrary: fc.constant("resets" as const) },
  ),
});

/** One damage: bytes put in, taken out, changed or repeated at a place. */
export interface Damage {
  /** As a share of the whole. */
  readonly at: number;
  readonly kind: "insert" | "delete" | "replace" | "repeat" | "flip" | "cut";
  /** Latin-1. */
  readonly bytes: string;
  readonly length: number;
}

const anyBytes = fc
  .uint8Array({ minLength: 1, maxLength: 4 })
  .map((bytes) => Buffer.from(bytes).toString("latin1"));

/** Damages of single bytes; `words` are such as mean something where they land. */
export function damagesOf(words: readonly string[]): fc.Arbitrary<readonly Damage[]> {
  const damage = fc.record({
    at: anywhere,
    kind: fc.constantFrom<Damage["kind"][]>("insert", "delete", "replace", "repeat", "flip", "cut"),
    bytes: fc.oneof(fc.constantFrom(...words), anyBytes),
    length: fc.integer({ min: 1, max: 12 }),
  });
  return fc.array(damage, { maxLength: 4 });
}

/** The bytes, damaged. Latin-1, as they came. */
export function damaged(text: string, damages: readonly Damage[]): string {
  return damages.reduce((whole, { at, kind, bytes, length }) => {
    const place = Math.floor(at * whole.length);
    const before = whole.slice(0, place);
    switch (kind) {
      case "insert":
        return before + bytes + whole.slice(place);
      case "delete":
        return before + whole.slice(place + length);
      case "replace":
        return before + bytes + whole.slice(place + bytes.length);
      case "repeat":
        return before + whole.slice(place, place + length) + whole.slice(place);
      case "cut":
        return length < 3 ? before : whole; // Most of what there is to see lies behind.
      case "flip": {
        const flipped = (whole.charCodeAt(place) || 0) ^ (1 << (length % 8));
        return before + String.fromCharCode(flipped) + whole.slice(place + 1);
      }
    }
  }, text);
}

/** Bytes in pieces, none of them empty. */
export function piecesOf(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => Math.floor(place * bytes.length)), bytes.length];
  const pieces: Buffer[] = [];
  let from = 0;
  for (const end of ends.toSorted((one, other) => one - other)) {
    if (end > from) pieces.push(bytes.subarray(from, end));
    from = Math.max(from, end);
  }
  return pieces;
}
