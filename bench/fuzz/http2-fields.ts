// Field sections of HTTP/2, right and wrong, and how they are packed.

import * as fc from "fast-check";

import { fieldBlock } from "../../fixtures/http2-frames.ts";
import { placeholder } from "./plan.ts";

/** Fields in their order; one without a name is bytes of HPACK as they stand. */
export type Head = readonly (readonly [name: string, value: string])[];

/** The block of a section, Latin-1. */
export function head(fields: Head): string {
  return fields
    .map(([name, value]) => (name === "" ? value : fieldBlock([[name, value]]).toString("latin1")))
    .join("");
}

const odd = fc.constantFrom<Head[number]>(
  [":status", "200"],
  [":status", "99"],
  [":status", "600"],
  [":status", "20x"],
  [":status", ""],
  [":path", "/"],
  [":Status", "200"],
  ["X-Upper", "a"],
  ["x y", "a"],
  ["connection", "close"],
  ["transfer-encoding", "chunked"],
  ["te", "gzip"],
  ["content-length", "5"],
  ["content-length", "+5"],
  ["content-length", "5, 5"],
  ["content-length", "18446744073709551616"],
  ["content-encoding", "gzip"],
  ["x-line", "a\r\nb: c"],
  ["x-nul", "a\0b"],
  ["x-blank", " a "],
  ["x-latin", "caf\xe9"],
  ["x-empty", ""],
  ["x-long", "y".repeat(20_000)],
  ["x-longer", "y".repeat(70_000)],
  ["x-marker", placeholder],
  ["set-cookie", "a=1"],
  ["", "\x88"], // :status 200 of the static table.
  ["", "\x8d"], // And 404.
  ["", "\x80"], // There is no index 0.
  ["", "\xff\xff\xff\xff\xff\xff\x0f"],
  ["", "\x3f\xe1\x1f"], // A table as large as it may be.
  ["", "\x3f\xff\xff\xff\x7f"], // And a larger one.
  ["", "\x40\x01a\x01b"],
  ["", "\xbe"], // What may be in the table, or not.
  ["", "\x00\x81\xff\x01a"],
  ["", "\x00\x7f"],
);

const final = fc.constantFrom<Head[number]>(
  [":status", "200"],
  [":status", "204"],
  [":status", "304"],
  [":status", "101"],
  [":status", "100"],
  [":status", "599"],
);

/** Sections that may be wrong. */
export const heads: fc.Arbitrary<Head> = fc
  .tuple(fc.option(final), fc.array(odd, { maxLength: 3 }))
  .map(([status, some]) => (status === null ? some : [status, ...some]));
