// The attack: a client opens connections and sends a request's head a line now and then, or nothing at all, without end. Each
// keeps a connection busy for as many bytes as it takes to look alive: whoever waits for silence waits for ever.
//
// Seen: Slowloris (Robert Hansen, 2009). Edgecase gave a head 60 seconds, and no limit at all where only HTTPS was listened on,
// since Node sets its clock when it begins to listen.

import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { fieldBlock, flags, frame, types } from "../../fixtures/http2-frames.ts";
import { startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { statusesIn } from "../helpers/provoke.ts";
import { RawHttp2 } from "../helpers/raw-http2.ts";
import { makeSecureListener, type SecureListener } from "../helpers/secure-listener.ts";

const clientHeadMs = 300;
const longMs = 15_000;
let secure: SecureListener;

beforeAll(async () => {
  secure = await makeSecureListener("shop.test");
});
afterAll(() => secure.remove());

/** Sends a line of a head every few milliseconds; resolves with all that came when it is cut off. */
async function dribble(socket: Socket, line: string): Promise<string> {
  let received = "";
  socket.on("error", () => {});
  socket.on("data", (bytes) => {
    received += bytes.toString("latin1");
  });
  socket.write("GET / HTTP/1.1\r\nHost: shop.test\r\n");
  const sending = setInterval(() => socket.write(line), 20);
  try {
    await waitFor(() => socket.closed, "the connection is still open", longMs);
  } finally {
    clearInterval(sending);
    socket.destroy();
  }
  return received;
}

function startFor(origin: string, listen = secure.listen): Promise<TestGateway> {
  return startGatewayOn({
    listen,
    zones: [{ hosts: ["*"], origins: [origin] }],
    timeouts: { clientHeadMs, clientIdleMs: 600 },
  });
}

describe("a head that never ends", () => {
  test("over plain HTTP is 408, whole in the log, and others are served meanwhile", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startFor(origin.url);

    const slow = Array.from({ length: 50 }, () =>
      dribble(connect(gateway.port, "127.0.0.1"), "X-A: b\r\n"),
    );
    const other = await gateway.get();
    const received = await Promise.all(slow);

    expect(other.status).toBe(200);
    expect(received.map(statusesIn)).toEqual(received.map(() => [408]));
    const lines = gateway.lines.filter(({ status }) => status === 408);
    expect(lines).toHaveLength(50);
    expect(lines[0]).toMatchObject({ failure: "http_request_error", reason: "request_timeout" });
    expect(origin.connections).toBe(1);
  });

  test("over TLS is 408, too, where plain HTTP is not listened for", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startFor(origin.url, { ...secure.listen, http: false });
    const socket = connectTls({
      port: gateway.securePort,
      servername: "shop.test",
      ca: secure.rootPem,
    });

    const received = await dribble(socket, "X-A: b\r\n");

    expect(statusesIn(received)).toEqual([408]);
    expect(await gateway.line()).toMatchObject({ reason: "request_timeout" });
  });

  test("over HTTP/2, in one CONTINUATION after the other, ends the connection", async () => {
    await using gateway = await startFor("http://127.0.0.1:9");
    const client = new RawHttp2(gateway.securePort);
    client.send(frame(types.headers, flags.none, 1, fieldBlock([[":method", "GET"]])));
    // A frame whose end never comes, since nghttp2 takes but a few whole ones.
    client.send(frame(types.continuation, flags.none, 1, Buffer.alloc(10_000)).subarray(0, 9));

    const sending = setInterval(() => client.send(Buffer.of(0)), 20);
    await client.closed(longMs);

    clearInterval(sending);
    expect(gateway.lines).toEqual([]);
  });
});

describe("a connection that says nothing", () => {
  test.each([
    ["over plain HTTP", (gateway: TestGateway) => connect(gateway.port, "127.0.0.1")],
    [
      "over TLS",
      ({ securePort: port }: TestGateway) => connectTls({ port, rejectUnauthorized: false }),
    ],
    [
      "over HTTP/2, not even its preface,",
      ({ securePort: port }: TestGateway) =>
        connectTls({ port, rejectUnauthorized: false, ALPNProtocols: ["h2"] }),
    ],
  ])("%s is closed, and is no request", async (_how, open) => {
    await using gateway = await startFor("http://127.0.0.1:9");
    const socket = open(gateway);
    socket.on("error", () => {}).resume();

    await waitFor(() => socket.closed, "the connection is still open", longMs);

    expect(gateway.lines).toEqual([]);
  });
});
