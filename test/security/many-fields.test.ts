// The attack: as many fields as fit into a head: each costs its sender four bytes, and the server an entry in a table, or a search
// through all that were before.
//
// Seen: hash collisions ("oCERT-2011-003"), header bombs of every kind; Apache Traffic Server stood still for a minute over a response
// of 3000 fields. Node drops fields beyond a count without a word (`maxHeadersCount`), which is a way to hide one: here their bytes
// are counted.

import { connect } from "node:http2";

import { afterAll, beforeAll, expect, test } from "vitest";

import { type Besieged, startBesieged } from "../helpers/besieged.ts";
import { request } from "../helpers/http2-client.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";
import { rawRequest, type RawRequest } from "../helpers/raw-client.ts";

const longestMs = 2_000;
let origin: TestOrigin;
let gateway: Besieged;

beforeAll(async () => {
  origin = await startOrigin((socket, head) => {
    const bomb = Array.from({ length: 9_000 }, (_, index) => `a${index}:\r\n`).join("");
    socket.write(ok("hello", head.startsWith("GET /bomb") ? bomb : ""));
  });
  gateway = await startBesieged({ zones: [{ hosts: ["shop.test"], origins: [origin.url] }] });
}, 60_000);
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await origin[Symbol.asyncDispose]();
});

const many = (
  count: number,
  make: (index: number) => [string, string],
): NonNullable<RawRequest["headers"]> => [
  ["Host", "shop.test"],
  ...Array.from({ length: count }, (_, index) => make(index)),
];

test.each([
  ["the same name", many(20_000, () => ["a", ""]), 200],
  ["names that differ", many(12_000, (index) => [`a${index}`, ""]), 200],
  ["names of the prototype", many(5_000, () => ["__proto__", "x"]), 200],
  ["cookies", many(9_000, () => ["cookie", "a"]), 200],
  ["a list, a member each", many(9_000, () => ["accept", "a/b"]), 200],
  ["numbers for names", many(12_000, (index) => [String(index), ""]), 200],
  ["more than there may be", many(40_000, () => ["a", ""]), 431],
])(
  "a request of fields by the thousand takes a moment, and none is dropped: %s",
  { timeout: 60_000 },
  async (_what, headers, status) => {
    const before = gateway.cpuMs();
    const heads = origin.heads.length;

    const response = await rawRequest(gateway.port, { headers, capMs: 60_000 });

    expect(response.status).toBe(status);
    expect(gateway.cpuMs() - before).toBeLessThan(longestMs);
    expect((await gateway.serve()).status).toBe(200);
    if (status === 200)
      expect((origin.heads[heads] ?? "").split("\r\n").length).toBeGreaterThan(headers.length);
  },
);

test("the same over HTTP/2 is answered, or refused whole", { timeout: 60_000 }, async () => {
  const session = connect(`https://127.0.0.1:${gateway.securePort}`, {
    rejectUnauthorized: false,
    maxSendHeaderBlockLength: 1_000_000,
  });
  session.on("error", () => {});
  const fields = Object.fromEntries(
    Array.from({ length: 3_000 }, (_, index) => [`a${index}`, "b"]),
  );

  const few = await request(session, { ":authority": "shop.test", ...fields });
  const tooMany = await request(session, {
    ":authority": "shop.test",
    a: Array.from({ length: 6_000 }, () => "b"),
  });

  session.destroy();
  expect(few.headers[":status"]).toBe(200);
  expect([431, undefined]).toContain(tooMany.headers[":status"]);
  expect((await gateway.serve()).status).toBe(200);
});

test("a response of nine thousand fields takes a moment, too", { timeout: 60_000 }, async () => {
  const before = gateway.cpuMs();

  const response = await rawRequest(gateway.port, {
    target: "/bomb",
    headers: [["Host", "shop.test"]],
    capMs: 60_000,
  });

  expect(response.headers.length).toBeGreaterThan(9_000);
  expect(gateway.cpuMs() - before).toBeLessThan(longestMs);
});
