// WebSocket and every other upgrade: a tunnel, and until it stands the same codes as for any request.

import { execFile } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { promisify } from "node:util";

import { afterEach, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";

import { startGateway, startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { field, RawConnection } from "../helpers/raw-client.ts";

const run = promisify(execFile);
const servers: WebSocketServer[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    for (const client of server.clients) client.terminate();
    server.close();
  }
});

/** A real WebSocket server that echoes. */
async function startEcho(): Promise<{
  url: string;
  server: WebSocketServer;
  connections: Socket[];
}> {
  const connections: Socket[] = [];
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  servers.push(server);
  server.on("connection", (socket, { socket: connection }) => {
    connections.push(connection);
    socket.on("error", () => {});
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, connections };
}

function zoneFor(url: string, timeouts = {}): Promise<TestGateway> {
  return startGatewayOn({ zones: [{ hosts: ["chat.test"], origins: [url] }], timeouts });
}

function open(gateway: TestGateway, path = "/"): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, { headers: { host: "chat.test" } });
}

const upgradeFields = [
  ["Host", "chat.test"],
  ["Connection", "Upgrade"],
  ["Upgrade", "websocket"],
  ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
  ["Sec-WebSocket-Version", "13"],
] as const;

describe("a WebSocket", () => {
  test("passes messages of every size both ways", async () => {
    const echo = await startEcho();
    await using gateway = await zoneFor(echo.url);
    const socket = open(gateway, "/room?token=secret");
    await once(socket, "open");

    const received: number[] = [];
    for (const size of [0, 1, 125, 126, 65_536, 1_000_000]) {
      socket.send(Buffer.alloc(size, "x"));
      const [message] = (await once(socket, "message")) as [Buffer];
      received.push(message.length);
    }
    socket.close();
    await once(socket, "close");

    expect(received).toEqual([0, 1, 125, 126, 65_536, 1_000_000]);
  });

  test("is one request, logged and counted when it closes, with the bytes of both ways", async () => {
    const echo = await startEcho();
    await using gateway = await zoneFor(echo.url);
    const socket = open(gateway, "/room?token=secret");
    await once(socket, "open");
    socket.send("hello");
    await once(socket, "message");
    const linesWhileOpen = gateway.lines.length;
    socket.close();

    const line = await gateway.line();

    expect(linesWhileOpen).toBe(0);
    expect(line).toMatchObject({ status: 101, path: "/room", failure: null, late: false });
    expect(line["requestBytes"]).toBeGreaterThan(5);
    expect(line["responseBytes"]).toBeGreaterThan(5);
    expect(await gateway.metric("edgecase_requests_total", { status: "101" })).toBe(1);
  });

  test("that the origin closes is closed for the client, with the origin's close code", async () => {
    const echo = await startEcho();
    await using gateway = await zoneFor(echo.url);
    const socket = open(gateway);
    await once(socket, "open");

    for (const client of echo.server.clients) client.close(4001, "enough");
    const [code, reason] = (await once(socket, "close")) as [number, Buffer];

    expect([code, reason.toString()]).toEqual([4001, "enough"]);
  });

  test("whose origin dies ends for the client at once, is counted as late, and the gateway lives", async () => {
    const echo = await startEcho();
    await using gateway = await zoneFor(echo.url);
    const socket = open(gateway);
    socket.on("error", () => {});
    await once(socket, "open");

    for (const connection of echo.connections) connection.resetAndDestroy();
    const [code] = (await once(socket, "close")) as [number];

    const line = await gateway.line();
    expect(code).toBe(1006);
    expect(line).toMatchObject({ status: 101, failure: "http_response_incomplete", late: true });
    const again = open(gateway);
    await once(again, "open");
    again.close();
    await once(again, "close");
  });

  test("whose client vanishes leaves no connection to the origin", async () => {
    const echo = await startEcho();
    await using gateway = await zoneFor(echo.url);
    const socket = open(gateway);
    await once(socket, "open");

    socket.terminate();

    await waitFor(() => echo.server.clients.size === 0, "the origin's side stayed open");
    expect((await gateway.line())["failure"]).toBeNull();
    expect(await gateway.metric("edgecase_origin_connections")).toBe(0);
  });

  test("without a byte either way is closed after the idle limit", async () => {
    const echo = await startEcho();
    await using gateway = await zoneFor(echo.url, { tunnelIdleMs: 300 });
    const socket = open(gateway);
    await once(socket, "open");
    const openedAt = performance.now();

    await once(socket, "close");

    expect(performance.now() - openedAt).toBeGreaterThan(250);
    expect(performance.now() - openedAt).toBeLessThan(2_000);
    await waitFor(() => echo.server.clients.size === 0, "the origin's side stayed open");
  });

  test("ends when the gateway closes", async () => {
    const echo = await startEcho();
    const gateway = await zoneFor(echo.url);
    const socket = open(gateway);
    socket.on("error", () => {});
    await once(socket, "open");

    await gateway.close();

    await waitFor(() => echo.server.clients.size === 0, "the origin's side stayed open");
    expect((await gateway.line())["status"]).toBe(101);
  });

  test("that is backed up holds its sender, not the gateway's memory", async () => {
    const echo = await startEcho();
    let sender: WebSocket | null = null;
    echo.server.on("connection", (client) => {
      sender = client;
    });
    await using gateway = await zoneFor(echo.url);
    const socket = open(gateway);
    await once(socket, "open");
    socket.pause();

    const origin = await waitFor(() => sender, "no connection");
    for (let count = 0; count < 400; count += 1) origin.send(Buffer.alloc(100_000));
    await new Promise((resolve) => {
      setImmediate(resolve);
    });

    expect(origin.bufferedAmount).toBeGreaterThan(10_000_000);
    socket.terminate();
  });
});

describe("a WebSocket of a zone that speaks HTTP/2 to its origin", () => {
  test("goes over a connection of HTTP/1.1", async () => {
    const echo = await startEcho();
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["chat.test"], origins: [echo.url], h2c: true }],
    });
    const socket = open(gateway);
    await once(socket, "open");

    socket.send("hello");
    const [message] = (await once(socket, "message")) as [Buffer];

    expect(message.toString()).toBe("hello");
    socket.terminate();
  });
});

describe("before the tunnel stands, an upgrade", () => {
  test.each([
    ["refused", 521],
    ["closes-silently", 520],
    ["never-answers", 524],
    ["expired", 526],
    ["nxdomain", 523],
  ])("to the origin %s is answered %i", async (fixture, status) => {
    await using gateway = await startGateway({ fixtures: [fixture] });

    const response = await gateway.request({
      headers: [["Host", `${fixture}.test`], ...upgradeFields.slice(1)],
    });

    expect(response).toMatchObject({ status, ending: "complete" });
    expect((await gateway.line())["code"]).toBe(status);
  });

  test("that the origin declines gets the origin's own answer", async () => {
    await using origin = await startOrigin((socket) => {
      socket.write(ok("no chat here", "X-Why: closed\r\n", "HTTP/1.1 426 Upgrade Required"));
    });
    await using gateway = await zoneFor(origin.url);

    const response = await gateway.request({ headers: upgradeFields });

    expect([response.status, response.body.toString(), field(response, "x-why")]).toEqual([
      426,
      "no chat here",
      "closed",
    ]);
  });

  test("reaches the origin with its own fields, and ours", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await zoneFor(origin.url);

    await gateway.request({ headers: [...upgradeFields, ["Sec-WebSocket-Protocol", "a, b"]] });

    const head = origin.heads[0] ?? "";
    expect(head).toMatch(/^upgrade: websocket$/im);
    expect(head).toMatch(/^connection: upgrade$/im);
    expect(head).toMatch(/^Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==$/im);
    expect(head).toMatch(/^Sec-WebSocket-Protocol: a, b$/im);
    expect(head).toMatch(/^CF-Connecting-IP: 127\.0\.0\.1$/im);
  });

  test("whose client leaves is 499, and the origin's connection is closed", async () => {
    await using origin = await startOrigin(() => {});
    await using gateway = await zoneFor(origin.url);
    const client = gateway.connect();
    client.send(
      `GET / HTTP/1.1\r\n${upgradeFields.map((pair) => pair.join(": ")).join("\r\n")}\r\n\r\n`,
    );
    await waitFor(() => origin.heads.length > 0, "the request did not arrive");

    client.socket.end();

    expect((await gateway.line())["status"]).toBe(499);
    await waitFor(() => origin.open.size === 0, "the origin's connection stayed open");
  });

  test.each([
    [
      "another protocol",
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: mqtt\r\n\r\n",
    ],
    ["no protocol", "HTTP/1.1 101 Switching Protocols\r\n\r\n"],
  ])("answered with a 101 to %s is http_upgrade_failed", async (_what, head) => {
    await using origin = await startOrigin((socket) => socket.write(head));
    await using gateway = await zoneFor(origin.url);

    const response = await gateway.request({ headers: upgradeFields });

    expect(response.status).toBe(502);
    expect((await gateway.line())["failure"]).toBe("http_upgrade_failed");
  });
});

describe("an upgrade to anything", () => {
  test("becomes a raw tunnel, and what the client sent along is not lost", async () => {
    await using origin = await startOrigin((socket) => {
      socket.removeAllListeners("data");
      socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: Echo/1\r\n\r\n",
      );
      socket.pipe(socket);
    });
    await using gateway = await zoneFor(origin.url);
    const client = connect(gateway.port, "127.0.0.1");
    let received = "";
    client.setEncoding("latin1").on("data", (text: string) => {
      received += text;
    });

    client.write(
      "GET / HTTP/1.1\r\nHost: chat.test\r\nConnection: upgrade\r\nUpgrade: echo/1\r\n\r\n",
    );
    await waitFor(() => received.includes("\r\n\r\n"), "no 101");
    client.write("and more");

    await waitFor(() => received.endsWith("and more"), "no echo");
    expect(received).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    expect(received).toMatch(/^cf-ray: [0-9a-f]{16}-DEV\r$/m);
    client.destroy();
  });

  test("that the edge does not forward is an ordinary request, body and all", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok("plain")));
    await using gateway = await zoneFor(origin.url);
    const url = `http://127.0.0.1:${gateway.port}/`;

    const { stdout } = await run("curl", [
      "-s",
      "--http2",
      "-H",
      "Host: chat.test",
      "-d",
      "abc",
      url,
    ]);

    expect(stdout).toBe("plain");
    expect(origin.heads[0]).not.toMatch(/upgrade|http2-settings/i);
    expect(origin.bytes - (origin.heads[0]?.length ?? 0)).toBe("\r\n\r\nabc".length);
  });

  test("that is not forwarded leaves the connection good for the next request", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok("plain")));
    await using gateway = await zoneFor(origin.url);
    const connection = new RawConnection(gateway.port);

    const first = await connection.request({
      method: "POST",
      headers: [
        ["Host", "chat.test"],
        ["Connection", "Upgrade"],
        ["Upgrade", "websocket"],
      ],
      bodyBytes: 70_000,
    });
    const second = await connection.request({ headers: [["Host", "chat.test"]] });
    connection.close();

    expect([first.status, second.status]).toEqual([200, 200]);
  });
});
