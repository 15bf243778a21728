// The attack: a request that is refused, and behind it on the same connection one that would not be. A server that goes on reading
// after it has lost its place takes any bytes for a request, those of the refused one's body before all.
//
// Seen: RFC 9112 §9.6 and §2.2 are about it. What is refused in how many ways: behaviour/malformed-requests.test.ts.

import { describe, expect, test } from "vitest";

import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { provoke } from "../helpers/provoke.ts";

const behind = "DELETE /behind HTTP/1.1\r\nHost: a\r\n\r\n";

describe("a request behind one that cannot be read", () => {
  test.each([
    ["no HTTP", "GARBAGE\r\n\r\n"],
    ["a broken head", "GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n"],
    ["a head too large", `GET / HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(300_000)}\r\n\r\n`],
    ["two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"],
    ["a tunnel", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["a broken chunk", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
  ])("(%s) is none", async (_what, refused) => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const { statuses } = await provoke(gateway.port, refused + behind + behind);

    expect(statuses).toHaveLength(1);
    expect(origin.heads).toEqual([]);
    expect(gateway.lines).toHaveLength(1);
  });
});

test("what comes behind an answer that closes the connection is no request", async () => {
  await using origin = await startOrigin((socket) => socket.write(ok()));
  await using gateway = await startGatewayOn({
    limits: { bodyBytes: 10 },
    zones: [{ hosts: ["*"], origins: [origin.url] }],
  });
  const connection = gateway.connect();

  connection.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n${"x".repeat(20)}`);
  connection.send(behind);

  await waitFor(() => connection.socket.closed, "the connection is still open", 4_000);
  expect(origin.connections).toBe(0);
  expect(gateway.lines).toHaveLength(1);
  expect(gateway.lines[0]).toMatchObject({ status: 413 });
});

test("what cannot be read behind a request under way ends the connection once that has its answer", async () => {
  await using origin = await startOrigin((socket) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    setTimeout(() => socket.write("world"), 50);
  });
  await using gateway = await startGatewayOn({ zones: [{ hosts: ["*"], origins: [origin.url] }] });
  const connection = gateway.connect();
  connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await waitFor(() => connection.socket.bytesRead > 0, "no answer", 10_000);

  connection.send(`GARBAGE\r\n\r\n${behind}`);
  const response = await connection.read();

  await waitFor(() => connection.socket.closed, "the connection is still open", 10_000);
  expect(response.body.toString()).toBe("helloworld");
  expect(origin.heads).toHaveLength(1);
});
