// More clients than there may be, and what counts as under way. Requests beyond their limit are in test/failures/proxy_internal_response.test.ts.

import { once } from "node:events";
import http2 from "node:http2";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";

import { startGateway, startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { request } from "../helpers/http2-client.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { field, type RawConnection } from "../helpers/raw-client.ts";
import { makeSecureListener, type SecureListener } from "../helpers/secure-listener.ts";

const host = "shop.test";
const asked = { headers: [["Host", host]] } as const;
let secure: SecureListener;

beforeAll(async () => {
  secure = await makeSecureListener(host);
});
afterAll(() => secure.remove());

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** A gateway in front of an origin that answers at once, which may have so many client connections. */
async function startLimited(connections: number): Promise<TestGateway> {
  const origin = await startOrigin((socket) => socket.write(ok("hello")));
  closers.push(() => origin[Symbol.asyncDispose]());
  const gateway = await startGatewayOn({
    listen: secure.listen,
    overload: { connections },
    zones: [{ hosts: [host], origins: [origin.url] }],
  });
  closers.push(() => gateway.close());
  return gateway;
}

/** A connection that the gateway knows of. */
async function connected(gateway: TestGateway): Promise<RawConnection> {
  const client = gateway.connect();
  closers.push(() => client.close());
  await once(client.socket, "connect");
  return client;
}

async function countOf(gateway: TestGateway, count: number): Promise<void> {
  for (;;) {
    if ((await gateway.metric("edgecase_client_connections")) === count) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}

describe("more clients than overload.connections", () => {
  test("are told so, and their connection is closed", async () => {
    const gateway = await startLimited(2);
    await connected(gateway);
    await connected(gateway);
    await countOf(gateway, 2);
    const third = await connected(gateway);

    const response = await third.request(asked);

    expect([response.status, field(response, "connection")]).toEqual([503, "close"]);
    expect(field(response, "proxy-status")).toBe(
      'edgecase; error=proxy_internal_response; details="connections_at_limit"',
    );
    expect(field(response, "retry-after")).toBe("30");
    await waitFor(() => third.socket.closed, "the connection stays open");
    expect(await gateway.line()).toMatchObject({ status: 503, reason: "connections_at_limit" });
  });

  test("do those that are there no harm", async () => {
    const gateway = await startLimited(1);
    const first = await connected(gateway);
    await countOf(gateway, 1);
    await (await connected(gateway)).request(asked);

    expect((await first.request(asked)).status).toBe(200);
  });

  test("are served again when somebody has left", async () => {
    const gateway = await startLimited(1);
    const first = await connected(gateway);
    await countOf(gateway, 1);

    first.close();
    await countOf(gateway, 0);

    expect((await (await connected(gateway)).request(asked)).status).toBe(200);
  });

  test("are closed and counted where too many wait to be told", async () => {
    const gateway = await startLimited(1);
    const clients = await Promise.all(Array.from({ length: 300 }, () => connected(gateway)));

    await waitFor(
      () => clients.filter(({ socket }) => socket.closed).length === 300 - 1 - 256,
      "not all that are too many were closed",
      10_000,
    );

    expect(await gateway.metric("edgecase_client_connections_dropped_total")).toBe(43);
    expect(await gateway.metric("edgecase_client_connections")).toBe(257);
  });

  test("are closed before TLS, and counted", async () => {
    const gateway = await startLimited(1);
    await connected(gateway);
    await countOf(gateway, 1);
    const first = connectTls({ port: gateway.securePort, rejectUnauthorized: false });
    await once(first, "secureConnect"); // One is let in, whatever plain HTTP has.
    closers.push(() => first.destroy());

    const second = connectTls({ port: gateway.securePort, rejectUnauthorized: false });
    const [error] = (await once(second, "error")) as [Error];

    expect(error.message).toContain("before secure TLS connection was established");
    expect(await gateway.metric("edgecase_client_connections_dropped_total")).toBe(1);
  });

  test("may be more after a reload that says so", async () => {
    const gateway = await startLimited(1);
    await connected(gateway);
    await countOf(gateway, 1);
    const origins = gateway.gateway.zones[0]?.origins.map(({ label }) => label) ?? [];

    await gateway.reload({
      listen: secure.listen,
      overload: { connections: 2 },
      zones: [{ hosts: [host], origins }],
    });

    expect((await (await connected(gateway)).request(asked)).status).toBe(200);
  });
});

test("a flood gives an origin no more connections than it may have, and lets no more wait than may", async () => {
  const waiting: Socket[] = [];
  const origin = await startOrigin((socket) => waiting.push(socket));
  closers.push(() => origin[Symbol.asyncDispose]());
  const gateway = await startGatewayOn({
    limits: { originConnections: 5, originQueue: 10 },
    timeouts: { connectMs: 20_000, responseMs: 20_000 },
    zones: [{ hosts: ["*"], origins: [origin.url] }],
  });
  closers.push(() => gateway.close());

  const answers = Array.from({ length: 100 }, (_, index) => gateway.get(`/${index}`));
  await waitFor(
    () => gateway.lines.length === 85,
    "not all that are too many were refused",
    10_000,
  );
  const queued = await gateway.metric("edgecase_origin_connections", { state: "queued" });
  const open = origin.open.size;
  const release = setInterval(() => {
    for (const socket of waiting.splice(0)) socket.write(ok("at last"));
  }, 5);
  closers.push(() => clearInterval(release));
  const statuses = (await Promise.all(answers)).map(({ status }) => status);

  expect([open, queued, origin.connections]).toEqual([5, 10, 5]);
  expect(statuses.filter((status) => status === 200)).toHaveLength(15);
  expect(statuses.filter((status) => status === 503)).toHaveLength(85);
  expect(new Set(gateway.lines.map(({ failure }) => failure))).toEqual(
    new Set(["connection_limit_reached", null]),
  );
});

test("what has ended, in whichever way, is under way no more", async () => {
  const echo = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  closers.push(() => echo.close());
  await once(echo, "listening");
  const { port } = echo.address() as { port: number };
  const gateway = await startGateway({
    listen: secure.listen,
    fixtures: ["good", "refused", "body-stalls", "never-answers"],
    zone: { http2: false },
  });
  closers.push(() => gateway.close());
  const zones = gateway.gateway.config.zones.map(({ hosts: [name = ""] }) => name);
  expect(zones).toContain("good.test");
  const tunnels = await startGatewayOn({
    zones: [{ hosts: ["*"], origins: [`http://127.0.0.1:${port}`] }],
  });
  closers.push(() => tunnels.close());

  await gateway.get();
  await gateway.get("/", [["Host", "refused.test"]]);
  await gateway.get("/", [["Host", "body-stalls.test"]]);
  await gateway.get("/", [["Host", "nobody.test"]]);
  await gateway.get("/cdn-cgi/trace");
  await gateway.request({ method: "OPTIONS", target: "*" });
  await gateway.request({ target: "/100%" });
  await gateway.request({ method: "POST", bodyBytes: 100_000, isChunked: true });
  const malformed = gateway.connect();
  malformed.send("nonsense\r\n\r\n");
  await malformed.read();
  const leaving = gateway.connect();
  leaving.send("GET /left HTTP/1.1\r\nHost: never-answers.test\r\n\r\n");
  await waitFor(() => gateway.requestsSeen("never-answers") === 1, "it did not arrive");
  expect(await gateway.metric("edgecase_requests_under_way")).toBe(1);
  leaving.close();
  const session = http2.connect(`https://localhost:${gateway.securePort}`, {
    rejectUnauthorized: false,
  });
  await request(session, { ":authority": "good.test" });
  await request(session, { ":authority": "good.test", ":method": "BREW" });
  const reset = session.request({ ":authority": "never-answers.test", ":path": "/reset" });
  reset.on("error", () => {});
  await waitFor(() => gateway.requestsSeen("never-answers") === 2, "it did not arrive");
  reset.close(http2.constants.NGHTTP2_CANCEL);
  const tunnel = new WebSocket(`ws://127.0.0.1:${tunnels.port}/`);
  await once(tunnel, "open");
  expect(await tunnels.metric("edgecase_requests_under_way")).toBe(1);
  tunnel.close();

  await waitFor(() => tunnels.lines.length === 1, "the tunnel was not recorded");
  await waitFor(() => gateway.lines.length === 13, "not everything was recorded");
  session.destroy();
  expect(await tunnels.metric("edgecase_requests_under_way")).toBe(0);
  expect(await gateway.metric("edgecase_requests_under_way")).toBe(0);
});
