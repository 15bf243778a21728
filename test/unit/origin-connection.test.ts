// A connection to an origin by itself: what comes before a request has left is not its answer.

import type { Socket } from "node:net";
import { Duplex } from "node:stream";

import { expect, test } from "vitest";

import type { Connection } from "../../src/connect/connect.ts";
import { OriginConnection } from "../../src/exchange/origin-connection.ts";
import type { LaneHandler, LaneRequest } from "../../src/exchange/origin-lane.ts";

const request: LaneRequest = { method: "GET", path: "/", fields: [], body: null, upgrade: null };
const answer = "HTTP/1.1 204 No Content\r\n\r\n";

/** What a handler was told first: a status, or the error's code. */
function firstWord(send: (handler: LaneHandler) => void): Promise<unknown> {
  return new Promise((resolve) => {
    send({
      onRequestSent() {},
      onHead: ({ status }) => resolve(status),
      onData() {},
      onComplete() {},
      onUpgrade() {},
      onError: (error) => resolve(Reflect.get(error, "code")),
    });
  });
}

test("bytes that are there before a request leaves end the connection, and answer nothing", async () => {
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const connection = new OriginConnection({ socket: socket as Socket } as Connection, {
    responseHeaderBytes: 16_384,
    waits: { keepAliveMs: 10_000 },
  });
  const first = firstWord((handler) => connection.send(request, handler));
  socket.push(answer);
  expect(await first).toBe(204);

  const second = firstWord((handler) => connection.send(request, handler));
  socket.push(answer);

  expect(await second).toBe("CONNECTION_SPENT");
  expect(connection.isSent).toBe(false);
});
