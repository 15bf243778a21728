// The attack: a request whose head is there at once, and whose body comes byte by byte, or stops. Each has a connection to the origin
// to itself meanwhile, so the origin is the one who suffers, and clients who find no connection left.
//
// Seen: R-U-Dead-Yet (Raviv Raz, 2010). What bounds it: `timeouts.bodyIdleMs` between two pieces, and `limits.originConnections`.
// A body that does not stand still is let come, as slowly as it may: docs/security.md says so.

import { connect, type Socket } from "node:net";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { data, flags } from "../../fixtures/http2-frames.ts";
import { startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";
import { RawHttp2 } from "../helpers/raw-http2.ts";
import { makeSecureListener } from "../helpers/secure-listener.ts";

const count = 100;
const longMs = 20_000;
let origin: TestOrigin;
let gateway: TestGateway;

beforeAll(async () => {
  const secure = await makeSecureListener("shop.test");
  origin = await startOrigin((socket, head) => {
    if (head.startsWith("GET")) socket.write(ok());
  });
  gateway = await startGatewayOn({
    listen: secure.listen,
    zones: [{ hosts: ["shop.test"], origins: [origin.url] }],
    timeouts: { bodyIdleMs: 500, connectMs: longMs },
  });
  secure.remove();
});
afterAll(async () => {
  await gateway.close();
  await origin[Symbol.asyncDispose]();
});

function startSlow(framing: string, part: string): Socket[] {
  return Array.from({ length: count }, () => {
    const socket = connect(gateway.port, "127.0.0.1");
    socket.on("error", () => {}).resume();
    socket.write(`POST /slow HTTP/1.1\r\nHost: shop.test\r\n${framing}\r\n\r\n${part}`);
    return socket;
  });
}

const lines = (): number => gateway.lines.filter(({ path }) => path === "/slow").length;

describe("a hundred bodies that stop", () => {
  test.each([
    ["by Content-Length", "Content-Length: 1000", "x"],
    ["in chunks", "Transfer-Encoding: chunked", "5\r\nhello\r\n"],
    ["in the middle of a chunk", "Transfer-Encoding: chunked", "ff\r\nhello"],
    ["before they begin", "Content-Length: 1000", ""],
    ["before their trailers end", "Transfer-Encoding: chunked", "1\r\nx\r\n0\r\nX: y"],
  ])("(%s) are let go, with their connections to the origin", async (_how, framing, part) => {
    const before = lines();

    const sockets = startSlow(framing, part);
    const other = await gateway.get();

    await waitFor(() => lines() === before + count, "not all of them are over", longMs);
    expect(other.status).toBe(200);
    const slow = gateway.lines.filter(({ path }) => path === "/slow").slice(before);
    expect(new Set(slow.map(({ status }) => status))).toEqual(new Set([499]));
    await waitFor(() => sockets.every(({ closed }) => closed), "a connection is left", longMs);
    await waitFor(() => origin.open.size <= 1, "the origin still has them", longMs);
  });

  test("(over HTTP/2) are reset, and the session goes on", async () => {
    const before = lines();
    const client = new RawHttp2(gateway.securePort);
    for (let id = 1; id < 2 * count; id += 2) {
      client.request(
        id,
        [
          [":method", "POST"],
          [":path", "/slow"],
        ],
        flags.none,
      );
      client.send(data(id, "x"));
    }

    await waitFor(() => lines() === before + count, "not all of them are over", longMs);
    client.request(2 * count + 1, [], flags.endStream);
    const { content } = await client.ended(2 * count + 1, longMs);

    client.close();
    expect(content).toBe("hello");
    await waitFor(() => origin.open.size <= 1, "the origin still has them", longMs);
  });
});

test("a body that comes byte by byte arrives, and others are served meanwhile", async () => {
  const heads = origin.heads.length;
  const [socket] = startSlow("Content-Length: 20", "");
  const sending = setInterval(() => socket?.write("x"), 20);

  const other = await gateway.get();
  await waitFor(
    () => gateway.lines.length > 0 && origin.heads.length > heads + 1,
    "it did not arrive",
    longMs,
  );

  clearInterval(sending);
  socket?.destroy();
  expect(other.status).toBe(200);
});
