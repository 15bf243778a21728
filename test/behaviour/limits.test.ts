import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";

import { describe, expect, test } from "vitest";

import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { field, RawConnection } from "../helpers/raw-client.ts";

const megabyte = 1_048_576;

describe("limits.urlBytes", () => {
  test("is 32 KB, and a URL of just that much goes through", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const longest = await gateway.get(`/${"a".repeat(32_767)}`);
    const tooLong = await gateway.get(`/${"a".repeat(32_768)}`);

    expect([longest.status, tooLong.status]).toEqual([200, 414]);
    expect(origin.heads).toHaveLength(1);
  });

  test("is the answer for a URL that leaves no room for fields, too", async () => {
    await using gateway = await startGatewayOn({ zones: [] });

    const response = await gateway.get(`/${"a".repeat(131_072)}`);

    expect(response.status).toBe(414);
  });
});

describe("limits.requestHeaderBytes", () => {
  test("is 128 KB, and fields of nearly that much go through", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const large = await gateway.get("/", [["Cookie", "a".repeat(131_000)]]);
    const tooLarge = await gateway.get("/", [["Cookie", "a".repeat(131_072)]]);

    expect([large.status, tooLarge.status]).toEqual([200, 431]);
    expect(origin.heads).toHaveLength(1);
  });

  test("counts many small fields together, with what is between them", async () => {
    await using gateway = await startGatewayOn({
      limits: { requestHeaderBytes: 1_000 },
      zones: [],
    });
    const fields = Array.from({ length: 100 }, (_, index) => [`X-${index}`, "1234"] as const);

    const response = await gateway.get("/", fields);

    expect(response.status).toBe(431);
  });

  test("leaves a connection whose request was read open for the next one", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["a"], origins: [origin.url] }],
    });
    const connection = gateway.connect();

    const refused = await connection.request({
      headers: [
        ["Host", "a"],
        ["Cookie", "a".repeat(131_072)],
      ],
    });
    const next = await connection.request({ headers: [["Host", "a"]] });
    connection.close();

    expect([refused.status, next.status]).toEqual([431, 200]);
  });
});

describe("a zone's own limits", () => {
  test("count before the gateway's, whether they are lower or higher", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      limits: { urlBytes: 1_000, requestHeaderBytes: 1_000, bodyBytes: 1_000 },
      zones: [
        { hosts: ["inherits"], origins: [origin.url] },
        { hosts: ["low"], origins: [origin.url], limits: { urlBytes: 10, bodyBytes: 10 } },
        {
          hosts: ["high"],
          origins: [origin.url],
          limits: { urlBytes: 40_000, requestHeaderBytes: 200_000, bodyBytes: 10_000 },
        },
      ],
    });
    const asked = [
      { target: `/${"a".repeat(100)}` },
      { target: `/${"a".repeat(39_000)}` },
      { headers: [["Cookie", "a".repeat(199_000)]] },
      { method: "POST", bodyBytes: 100 },
      { method: "POST", bodyBytes: 9_000, isChunked: true },
    ] as const;

    const statuses = await Promise.all(
      ["inherits", "low", "high"].map((host) =>
        Promise.all(
          asked.map(async (request) => (await gateway.request({ host, ...request })).status),
        ),
      ),
    );

    expect(statuses).toEqual([
      [200, 414, 431, 200, 413],
      [414, 414, 431, 413, 413],
      [200, 200, 200, 200, 200],
    ]);
  });
});

describe("limits.bodyBytes", () => {
  test("is 100 MB, and content that tells its length is refused before an origin is asked", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["a"], origins: [origin.url] }],
    });
    const connection = gateway.connect();

    connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 104857601\r\n\r\n");

    const response = await connection.read();
    connection.close();
    expect(response.status).toBe(413);
    expect(field(response, "connection")).toBe("close");
    expect(origin.connections).toBe(0);
    expect(await gateway.line()).toMatchObject({
      status: 413,
      reason: "content_too_large",
      requestBytes: 0,
      origin: "",
    });
  });

  test("refuses without a 100 what was announced with Expect", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      limits: { bodyBytes: 10 },
      zones: [{ hosts: ["a"], origins: [origin.url] }],
    });
    const connection = gateway.connect();

    connection.send(
      "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n",
    );

    const response = await connection.read();
    connection.close();
    expect({ status: response.status, interim: response.interim }).toEqual({
      status: 413,
      interim: [],
    });
    expect(origin.connections).toBe(0);
  });

  test("takes content of just that much, chunked or not", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      limits: { bodyBytes: 100_000 },
      zones: [{ hosts: ["a"], origins: [origin.url] }],
    });

    const plain = await gateway.request({ method: "POST", bodyBytes: 100_000 });
    const chunked = await gateway.request({ method: "POST", bodyBytes: 100_000, isChunked: true });

    expect([plain.status, chunked.status]).toEqual([200, 200]);
  });

  test("ends the exchange when chunks pass it, and nothing beyond reaches the origin", async () => {
    await using origin = await startOrigin(() => {});
    await using gateway = await startGatewayOn({
      limits: { bodyBytes: 100_000 },
      zones: [{ hosts: ["a"], origins: [origin.url] }],
    });
    const connection = gateway.connect();

    const response = await connection.request({
      method: "POST",
      headers: [["Host", "a"]],
      bodyBytes: 300_000,
      isChunked: true,
    });
    connection.close();

    expect({ status: response.status, ending: response.ending }).toEqual({
      status: 413,
      ending: "complete",
    });
    expect(response.body.toString()).toContain("The origin may have received the request.");
    expect(origin.bytes).toBeLessThan(102_000);
    await waitFor(() => origin.open.size === 0, "the origin's connection is still open");
    expect(await gateway.line()).toMatchObject({
      status: 413,
      failure: "http_request_error",
      reason: "content_too_large",
      origin: "",
      late: false,
    });
  });

  test("cuts a response that has begun, and is recorded as late", async () => {
    await using origin = await startOrigin((socket) =>
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbeginning"),
    );
    await using gateway = await startGatewayOn({
      limits: { bodyBytes: 100 },
      zones: [{ hosts: ["a"], origins: [origin.url] }],
    });
    const connection = gateway.connect();
    connection.send(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    );
    await waitFor(() => connection.socket.bytesRead > 0, "no head");

    connection.send(`64\r\n${"x".repeat(100)}\r\n`);

    const response = await connection.read();
    expect({ status: response.status, ending: response.ending }).toEqual({
      status: 200,
      ending: "truncated",
    });
    expect(await gateway.line()).toMatchObject({
      status: 200,
      reason: "content_too_large",
      late: true,
      origin: "",
    });
    await waitFor(() => origin.open.size === 0, "the origin's connection is still open");
  });

  test.each([
    ["fast", "Content-Length: 314572800", ""],
    ["fast, in chunks", "Transfer-Encoding: chunked", "100000\r\n"],
  ])(
    "is told to a client that sends 300 MB before it reads (%s)",
    async (_how, framing, chunkHead) => {
      const origin = createServer((socket) => socket.on("error", () => {}).resume());
      await once(origin.listen(0, "127.0.0.1"), "listening");
      const { port } = origin.address() as AddressInfo;
      await using gateway = await startGatewayOn({
        zones: [{ hosts: ["a"], origins: [`http://127.0.0.1:${port}`] }],
      });
      const socket = connect(gateway.port, "127.0.0.1");
      let failed: Error | null = null;
      socket.on("error", (error) => {
        failed = error;
      });
      socket.pause();

      socket.write(`POST / HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n`);
      const piece = Buffer.concat([
        Buffer.from(chunkHead),
        Buffer.alloc(megabyte, "x"),
        Buffer.from(chunkHead === "" ? "" : "\r\n"),
      ]);
      for (let sent = 0; sent < 300; sent += 1) {
        await new Promise((resolve) => {
          socket.write(piece, resolve);
        });
      }

      let answer = "";
      socket.on("data", (bytes) => {
        answer += bytes.toString("latin1");
      });
      socket.resume();
      await waitFor(() => answer.includes("</html>"), "no answer");
      socket.destroy();
      origin.close();
      expect(answer).toMatch(/^HTTP\/1.1 413 /);
      expect(failed).toBeNull();
      expect(await gateway.line()).toMatchObject({ status: 413, reason: "content_too_large" });
    },
  );

  test("is told to a client that goes on sending slowly", async () => {
    await using gateway = await startGatewayOn({
      limits: { bodyBytes: 1_000 },
      zones: [{ hosts: ["a"], origins: ["http://127.0.0.1:9"] }],
    });
    const connection = new RawConnection(gateway.port);
    connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n");

    const sending = setInterval(() => connection.send("x".repeat(10)), 20);
    const response = await connection.read();
    await waitFor(() => connection.socket.bytesWritten > 500, "the client was stopped");
    clearInterval(sending);

    expect({
      status: response.status,
      ending: response.ending,
      wasReset: response.wasReset,
    }).toEqual({
      status: 413,
      ending: "complete",
      wasReset: false,
    });
    connection.close();
    expect(await gateway.line()).toMatchObject({ status: 413 });
  });
});
