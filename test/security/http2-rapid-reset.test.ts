// The attack: a client of HTTP/2 begins streams and cancels each at once. A cancelled stream counts for the limit of streams no
// more, so there is none: every one of them still makes the gateway begin an exchange, and open a connection to the origin.
//
// Seen: CVE-2023-44487, "Rapid Reset", 2023; before that CVE-2019-9514. A page that is left cancels a hundred at once, too.

import { expect, test } from "vitest";

import { errors, fieldBlock, flags, frame, reset, types } from "../../fixtures/http2-frames.ts";
import { startHttp2Siege } from "../helpers/http2-siege.ts";

const slow = fieldBlock([
  [":method", "GET"],
  [":scheme", "https"],
  [":authority", "shop.test"],
  [":path", "/slow"],
]);

/** Streams that are begun and cancelled, one after the other. */
function cancelled(first: number, count: number): Buffer {
  const frames = Array.from({ length: count }, (_, index) => {
    const id = 1 + 2 * (first + index);
    return [
      frame(types.headers, flags.endStream | flags.endHeaders, id, slow),
      reset(id, errors.cancel),
    ];
  });
  return Buffer.concat(frames.flat());
}

test("a client that cancels everything is let go, others are served, and the origin sees little of it", async () => {
  await using siege = await startHttp2Siege();
  const { client, origin, gateway } = siege;

  const flood = client.flood((batch) => cancelled(batch * 50, 50), 100);
  const other = await siege.serveOther();
  await flood;
  await siege.isOver();

  expect(other).toBe(200);
  expect(client.goAwayCode).toBe(errors.calm);
  expect(origin.connections).toBeLessThan(1_000);
  expect(gateway.lines.filter(({ status }) => status === 499).length).toBeLessThan(1_000);
  expect(gateway.messages).toEqual([]);
});

test("a client that leaves a page of a hundred pictures, three times over, is not", async () => {
  await using siege = await startHttp2Siege();
  const { client } = siege;

  for (const page of [0, 1, 2]) {
    client.send(cancelled(page * 100, 100));
    client.request(1_001 + 2 * page);
    await client.ended(1_001 + 2 * page, 30_000);
  }

  expect(client.endOf(1_005).content).toBe("hello");
  expect(client.goAwayCode).toBeNull();
});
