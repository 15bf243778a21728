import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { openSession, sealSession } from "../../src/pick/affinity-cookie.ts";
import { cookieValues, setsCookie, withoutCookie } from "../../src/pick/cookie-field.ts";

const session = { originId: "00112233445566778899aabbccddeeff", begunAt: 1_700_000_000 };

describe("the value of an affinity cookie", () => {
  test("opens to what was sealed, for every origin and time", () => {
    const originIds = fc
      .uint8Array({ minLength: 16, maxLength: 16 })
      .map((bytes) => Buffer.from(bytes).toString("hex"));
    fc.assert(
      fc.property(originIds, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (originId, begunAt) => {
        const value = sealSession({ originId, begunAt }, "shop.test");

        expect(openSession(value, "shop.test")).toEqual({ originId, begunAt });
        expect(value).toMatch(/^[\w-]{64}$/);
      }),
    );
  });

  test("is another one each time, and holds neither origin nor time in the clear", () => {
    const values = [sealSession(session, "shop.test"), sealSession(session, "shop.test")];

    const hex = values.map((value) => Buffer.from(value, "base64url").toString("hex"));
    expect(values[0]).not.toBe(values[1]);
    expect(hex.filter((text) => text.includes(session.originId.slice(0, 8)))).toEqual([]);
  });

  test("opens for no other zone", () => {
    const value = sealSession(session, "shop.test");

    expect(openSession(value, "other.test")).toBeNull();
  });

  test("with any character changed opens to nothing", () => {
    const value = sealSession(session, "shop.test");
    fc.assert(
      fc.property(
        fc.nat(63),
        fc.constantFrom("A", "B", "a", "0", "9", "-", "_"),
        (place, character) => {
          const changed = value.slice(0, place) + character + value.slice(place + 1);

          expect(openSession(changed, "shop.test")).toEqual(changed === value ? session : null);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("that is garbage opens to nothing, and throws nothing", () => {
    const ofTheForm = fc
      .uint8Array({ minLength: 48, maxLength: 48 })
      .map((bytes) => Buffer.from(bytes).toString("base64url"));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), ofTheForm), (value) => {
        expect(openSession(value, "shop.test")).toBeNull();
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("a Cookie field", () => {
  test.each([
    ["id=1", ["1"], ""],
    ["a=1; id=2; b=3", ["2"], "a=1; b=3"],
    ["id=2; b=3", ["2"], "b=3"],
    ["a=1; id=2", ["2"], "a=1"],
    ["a=1;id=2;b=3", ["2"], "a=1;b=3"],
    ["a=1;  id = 2 ;b=3", ["2"], "a=1;b=3"],
    ["id=1; id=2", ["1", "2"], ""],
    ["id=a=b; c", ["a=b"], "c"],
    ["id=", [""], ""],
    ["id", [], "id"],
    ["myid=1; id2=2; ID=3", [], "myid=1; id2=2; ID=3"],
    ["a=\u00a01\u00e9; id=2; b=\u00a0", ["2"], "a=\u00a01\u00e9; b=\u00a0"],
    [" ;; a=1", [], " ;; a=1"],
    ["", [], ""],
  ])("%j has the values %j, and without them is %j", (field, values, rest) => {
    expect(cookieValues(field, "id")).toEqual(values);
    expect(withoutCookie(field, "id")).toBe(rest);
  });

  test("is looked at for eight values, and loses all of them", () => {
    const field = Array.from({ length: 1_000 }, (_, index) => `id=${index}`).join("; ");

    expect(cookieValues(field, "id")).toHaveLength(8);
    expect(withoutCookie(field, "id")).toBe("");
  });

  test("keeps every other cookie, byte for byte", () => {
    const pair = fc
      .string({ unit: "binary", maxLength: 20 })
      .map((text) => text.replaceAll(";", ""));
    const others = fc.array(pair.filter((text) => !/^[\t ]*id[\t ]*=/.test(text)));
    fc.assert(
      fc.property(others, fc.nat(10), (pairs, place) => {
        const withOwn = pairs.toSpliced(place, 0, "id=own");

        expect(withoutCookie(pairs.join(";"), "id")).toBe(pairs.join(";"));
        expect(withoutCookie(withOwn.join(";"), "id")).toBe(
          pairs.join(";").replaceAll(/^[\t ]+|[\t ]+$/g, ""),
        );
      }),
    );
  });
});

test.each([
  ["id=1; Path=/", true],
  [" id =1", true],
  ["id2=1; Path=/", false],
  ["a=id=1", false],
  ["id", false],
  ["", false],
])("the Set-Cookie field %j sets the cookie: %s", (field, expected) => {
  expect(setsCookie(field, "id")).toBe(expected);
});
