// The attack (CL.CL): two lengths, or one that can be read in two ways. One server takes the first, the next one the last; one reads
// `0x10` as sixteen, the next as nothing.
//
// Seen: Linhart and others, 2005; CVE-2024-27982 (Node, a space before Content-Length).

import { expect, test } from "vitest";

import { inner, pathsOf, testRefusals } from "../helpers/smuggling.ts";

const all = inner.length;

testRefusals("a length that can be read in two ways", [
  ["two of them", `Content-Length: 0\r\nContent-Length: ${all}`, inner],
  ["two of them, the other way round", `Content-Length: ${all}\r\nContent-Length: 0`, inner],
  ["the same twice", `Content-Length: ${all}\r\nContent-Length: ${all}`, inner],
  ["a list", `Content-Length: 0, ${all}`, inner],
  ["a list of the same", `Content-Length: ${all}, ${all}`, inner],
  ["with a plus", `Content-Length: +0`, inner],
  ["with a minus", `Content-Length: -0`, inner],
  ["in hexadecimal", `Content-Length: 0x0`, inner],
  ["with an exponent", `Content-Length: 0e1`, inner],
  ["with a point", `Content-Length: 0.0`, inner],
  ["with an underscore", `Content-Length: 0_0`, inner],
  ["with a space in it", `Content-Length: 0 0`, inner],
  ["with a comma behind it", `Content-Length: 0,`, inner],
  ["with a NUL behind it", `Content-Length: 0\0`, inner],
  ["of nothing", `Content-Length:`, inner],
  ["beyond 64 bits", `Content-Length: 18446744073709551616`, inner],
  ["that wraps round to this one", `Content-Length: 1844674407370955${1_616 + all}`, inner],
  ["in other digits", `Content-Length: \xb2`, inner],
  ["a space before the colon", `Content-Length : 0`, inner],
  ["a space before the name", ` Content-Length: ${all}`, inner],
  [
    "a space before the name of a second one",
    `X: y\r\n Content-Length: 0\r\nContent-Length: ${all}`,
    inner,
  ],
  ["behind CR alone", `X: y\rContent-Length: 0`, inner],
  ["behind LF alone", `X: y\nContent-Length: 0`, inner],
]);

test.each([`Content-Length: 00${all}`, `Content-Length: ${all} `, `Content-Length:\t${all}`])(
  "%j is one number to everybody, and goes on as one",
  async (field) => {
    const { paths } = await pathsOf(`POST /outer HTTP/1.1\r\nHost: a\r\n${field}\r\n\r\n${inner}`);

    expect(paths).toEqual(["/outer"]);
  },
);
