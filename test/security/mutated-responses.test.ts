// A valid response, damaged at random: whatever comes of it, the gateway answers or cuts off, in time, and lives on.

import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { startGatewayOn, type TestGateway } from "../helpers/gateway.ts";
import { startOrigin, type TestOrigin } from "../helpers/origin.ts";

const seeds = [
  "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5\r\nhello\r\n3;a=b\r\nabc\r\n0\r\nX: 1\r\n\r\n",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
  'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 5\r\n\r\n',
  "HTTP/1.0 200 OK\r\nConnection: close\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nhello",
  "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00",
];

/** One damage: bytes put in, taken out, changed or repeated at a place. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  kind: fc.constantFrom("insert", "delete", "replace", "repeat"),
  bytes: fc.oneof(
    fc.constantFrom(
      "\r\n",
      "\n",
      "\r",
      "\0",
      ":",
      " ",
      "\t",
      "HTTP/1.1 200 OK\r\n",
      "\r\n\r\n",
      "Content-Length: 9\r\n",
      "0\r\n\r\n",
      "\xff",
      "zz",
    ),
    fc
      .uint8Array({ minLength: 1, maxLength: 4 })
      .map((bytes) => Buffer.from(bytes).toString("latin1")),
  ),
  length: fc.integer({ min: 1, max: 12 }),
});

const response = fc
  .record({
    seed: fc.constantFrom(...seeds),
    damages: fc.array(damage, { maxLength: 4 }),
    pieces: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ seed, damages, pieces }) => ({ bytes: damages.reduce(apply, seed), pieces }));

function apply(
  text: string,
  { at, kind, bytes, length }: { at: number; kind: string; bytes: string; length: number },
): string {
  const place = Math.floor(at * text.length);
  const before = text.slice(0, place);
  if (kind === "insert") return before + bytes + text.slice(place);
  if (kind === "delete") return before + text.slice(place + length);
  if (kind === "replace") return before + bytes + text.slice(place + bytes.length);
  return before + text.slice(place, place + length) + text.slice(place);
}

let next: { bytes: string; pieces: number } = { bytes: "", pieces: 1 };
let origin: TestOrigin;
let gateway: TestGateway;

beforeAll(async () => {
  origin = await startOrigin((socket) => {
    const bytes = Buffer.from(next.bytes, "latin1");
    const size = Math.ceil(bytes.length / next.pieces);
    const send = (from: number): void => {
      if (socket.destroyed) return;
      if (from >= bytes.length) return void socket.end();
      socket.write(bytes.subarray(from, from + size), () => setImmediate(send, from + size));
    };
    send(0);
  });
  gateway = await startGatewayOn({
    zones: [{ hosts: ["*"], origins: [origin.url] }],
    timeouts: { responseMs: 400, bodyIdleMs: 400 },
  });
});

afterAll(async () => {
  await gateway.close();
  await origin[Symbol.asyncDispose]();
});

test(
  "damaged responses end in an answer or a cut, never in a crash, a hang, or the gateway's own fault",
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(response, async (damaged) => {
        next = damaged;
        const lines = gateway.lines.length;

        const { ending, status } = await gateway.request({ capMs: 5_000 });

        await gateway.line(() => gateway.lines.length > lines);
        expect(["complete", "truncated"]).toContain(ending);
        expect(status).toBeGreaterThanOrEqual(200);
        expect(gateway.messages).toEqual([]);
      }),
      { numRuns: 600 },
    );
  },
);
