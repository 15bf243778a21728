// The attack: a client asks for something and takes no byte of it, or one now and then. The response waits in the gateway's
// memory, and where the origin has sent all of it nobody waits for the client any more.
//
// Seen: Slow Read (Sergey Shekyan, 2012); over HTTP/2 with a window that is never opened, or by a byte at a time, "Data Dribble"
// (CVE-2019-9511) and "Internal Data Buffering" (CVE-2019-9517). Edgecase kept such connections for ever once a response was
// complete. A client that reads slowly, but reads, is no attack: behaviour/streams.test.ts.

import { connect } from "node:net";

import { afterAll, beforeAll, expect, test } from "vitest";

import { flags, frame, settingIds, types, words } from "../../fixtures/http2-frames.ts";
import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { RawHttp2 } from "../helpers/raw-http2.ts";
import { makeSecureListener, type SecureListener } from "../helpers/secure-listener.ts";

const longMs = 15_000;
let secure: SecureListener;

beforeAll(async () => {
  secure = await makeSecureListener("shop.test");
});
afterAll(() => secure.remove());

test("a client that pipelines and reads nothing is cut off, and others are served meanwhile", async () => {
  await using origin = await startOrigin((socket) => socket.write(ok()));
  await using gateway = await startGatewayOn({
    zones: [{ hosts: ["shop.test"], origins: [origin.url] }],
    timeouts: { bodyIdleMs: 300 },
  });
  const socket = connect(gateway.port, "127.0.0.1");
  socket.on("error", () => {}).pause();

  // Pages of the edge's own, and more of them than the kernels of both sides hold.
  socket.write("GET /cdn-cgi/error HTTP/1.1\r\nHost: shop.test\r\n\r\n".repeat(5_000));

  await waitFor(() => gateway.lines.length > 10, "nothing was answered", longMs);
  const other = await gateway.get();
  // Who does not read hears of the end when it writes.
  const probing = setInterval(() => socket.write("\r\n"), 50);
  await waitFor(() => socket.closed, "the connection is kept", longMs);
  clearInterval(probing);
  expect(other.status).toBe(200);
  expect(gateway.lines.length).toBeLessThan(5_000);
});

test.each([
  ["an error page", "nobody.test"],
  ["an origin's response", "shop.test"],
])("a client of HTTP/2 whose window stays shut is not waited for: %s", async (_what, host) => {
  await using origin = await startOrigin((socket) => socket.write(ok("x".repeat(5_000))));
  await using gateway = await startGatewayOn({
    listen: secure.listen,
    zones: [{ hosts: ["shop.test"], origins: [origin.url] }],
    timeouts: { bodyIdleMs: 300 },
  });
  const client = new RawHttp2(gateway.securePort, [[settingIds.initialWindowSize, 0]]);

  for (let id = 1; id <= 199; id += 2) client.request(id, [[":authority", host]]);

  await Promise.all([1, 99, 199].map((id) => client.ended(id, longMs)));
  await waitFor(() => gateway.lines.length === 100, "not all of them are over", longMs);
  expect([1, 99, 199].map((id) => client.endOf(id).isWhole)).toEqual([false, false, false]);
  expect((await gateway.get("/", [["Host", "shop.test"]])).status).toBe(200);
  client.close();
});

test("a window that opens by a byte at a time gets its bytes, and others are served meanwhile", async () => {
  await using origin = await startOrigin((socket) => socket.write(ok("x".repeat(300))));
  await using gateway = await startGatewayOn({
    listen: secure.listen,
    zones: [{ hosts: ["shop.test"], origins: [origin.url] }],
    timeouts: { bodyIdleMs: 1_000 },
  });
  const client = new RawHttp2(gateway.securePort, [[settingIds.initialWindowSize, 1]]);
  client.request(1);

  const opening = setInterval(
    () => client.send(frame(types.windowUpdate, flags.none, 1, words(1))),
    5,
  );
  const other = await gateway.get();
  const end = await client.ended(1, longMs);

  clearInterval(opening);
  client.close();
  expect(other.status).toBe(200);
  expect([end.isWhole, end.content.length]).toEqual([true, 300]);
});
