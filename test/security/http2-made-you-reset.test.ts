// The attack: a client begins a request, and then breaks a rule of HTTP/2 in such a way that the server has to reset the stream, or
// to give up the connection. Whoever counts what clients reset does not count that; and who forgets what is under way on a
// connection that is given up has it for ever.
//
// Seen: CVE-2025-8671, "MadeYouReset". In Edgecase, on Node: after any such mistake a session said GOAWAY, read no more, and stayed
// with its request, also when the client had gone: one small frame took a descriptor for good.

import { describe, expect, test } from "vitest";

import {
  data,
  fieldBlock,
  flags,
  frame,
  settings,
  types,
  words,
} from "../../fixtures/http2-frames.ts";
import { startHttp2Siege } from "../helpers/http2-siege.ts";
import type { RawHttp2 } from "../helpers/raw-http2.ts";
import { waitFor } from "../helpers/gateway.ts";

const mistakes: readonly (readonly [what: string, make: (client: RawHttp2) => void])[] = [
  [
    "a window that grows by nothing",
    (client) => client.send(frame(types.windowUpdate, 0, 1, words(0))),
  ],
  [
    "a window that grows too far",
    (client) => client.send(frame(types.windowUpdate, 0, 1, words(0x7fff_ffff))),
  ],
  [
    "the connection's window by nothing",
    (client) => client.send(frame(types.windowUpdate, 0, 0, words(0))),
  ],
  [
    "a stream that depends on itself",
    (client) => client.send(frame(2, 0, 1, Buffer.from([0, 0, 0, 1, 1]))),
  ],
  ["content after the end", (client) => client.send(data(1, "x"))],
  [
    "fields after the end",
    (client) => client.send(frame(types.headers, flags.endHeaders, 1, fieldBlock([["a", "b"]]))),
  ],
  ["content of a stream that is none", (client) => client.send(data(9, "x"))],
  [
    "a frame that is too large",
    (client) => client.send(frame(types.data, 0, 1, Buffer.alloc(20_000))),
  ],
  ["a frame of the wrong size", (client) => client.send(frame(types.ping, 0, 0, Buffer.alloc(3)))],
  [
    "fields that cannot be read",
    (client) => client.send(frame(types.headers, 5, 3, Buffer.alloc(9, 0xff))),
  ],
  ["a setting that may not be", (client) => client.send(settings([2, 7]))],
  ["a stream of the server's", (client) => client.request(2)],
  ["a promise", (client) => client.send(frame(types.pushPromise, flags.endHeaders, 1, words(2)))],
];

describe("a client that has a request under way, makes a mistake", () => {
  test.each(mistakes)("(%s) and leaves takes nothing with it for good", async (_what, make) => {
    await using siege = await startHttp2Siege({ timeouts: { clientIdleMs: 400 } });
    const { client, origin, gateway } = siege;
    client.request(1, [[":path", "/slow"]]);
    await waitFor(() => origin.heads.length === 1, "the request did not arrive", 30_000);

    make(client);
    const other = await siege.serveOther();
    client.close();

    await siege.isOver();
    await waitFor(() => gateway.lines.length === 2, "it has no line", 30_000);
    expect(other).toBe(200);
    expect(gateway.messages).toEqual([]);
  });

  test("and stays is let go", async () => {
    await using siege = await startHttp2Siege({ timeouts: { clientIdleMs: 400 } });
    const { client, origin, gateway } = siege;
    client.request(1, [[":path", "/slow"]]);
    await waitFor(() => origin.heads.length === 1, "the request did not arrive", 30_000);

    client.send(frame(types.data, flags.none, 1, Buffer.alloc(20_000)));

    await siege.isOver();
    expect(await gateway.line()).toMatchObject({ path: "/slow", status: 499 });
  });
});

test("a client that is silent, and there, keeps its request", async () => {
  await using siege = await startHttp2Siege({ timeouts: { clientIdleMs: 400 } });
  const { client } = siege;
  client.answersPings = true;
  client.request(1, [[":path", "/slow"]]);

  await waitFor(() => client.of(types.ping).length >= 3, "it was not asked", 30_000);

  expect(client.isClosed).toBe(false);
  expect(client.endOf(1)).toMatchObject({ isWhole: false, resetCode: null });
});
