import { describe, expect, test } from "vitest";

import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { field } from "../helpers/raw-client.ts";

describe("what is no proper request", () => {
  test.each([
    ["no HTTP", "GARBAGE\r\n\r\n", 400],
    ["no Host", "GET / HTTP/1.1\r\n\r\n", 400],
    ["a tunnel asked for", "CONNECT any.test:443 HTTP/1.1\r\nHost: any.test:443\r\n\r\n", 405],
    ["two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400],
    ["a Host that is none", "GET / HTTP/1.1\r\nHost: a:x y/..@\r\n\r\n", 400],
    ["a user in the target", "GET http://a:80@b/ HTTP/1.1\r\nHost: b\r\n\r\n", 400],
    ["a scheme that is not ours", "GET ftp://a/b HTTP/1.1\r\nHost: a\r\n\r\n", 400],
    [
      "a coding that we do not know",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      501,
    ],
    ["a length that is none", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400],
    [
      "a header section too large",
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(200_000)}\r\n\r\n`,
      431,
    ],
  ])("(%s) is answered with a ray id, logged and counted", async (_what, bytes, status) => {
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: ["http://127.0.0.1:9"] }],
    });
    const connection = gateway.connect();
    let received = "";
    connection.socket.on("data", (data) => {
      received += data.toString("latin1");
    });

    connection.send(bytes);

    await waitFor(() => received.includes("\r\n\r\n"), "no answer");
    expect(received).toMatch(
      new RegExp(`^HTTP/1.1 ${status} .*\r\n(.*\r\n)*cf-ray: [0-9a-f]{16}-DEV\r\n`),
    );
    expect(await gateway.line()).toMatchObject({ status, failure: null, client: "127.0.0.1" });
    expect(await gateway.metric("edgecase_requests_total", { status: String(status) })).toBe(1);
    connection.close();
  });
});

test("a body that cannot be read is a 400, and the origin's connection is closed", async () => {
  await using origin = await startOrigin(() => {});
  await using gateway = await startGatewayOn({ zones: [{ hosts: ["*"], origins: [origin.url] }] });
  const connection = gateway.connect();
  connection.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
  await waitFor(() => origin.bytes > 0, "nothing arrived");

  connection.send("zz\r\n");

  expect(await gateway.line()).toMatchObject({ status: 400, failure: null });
  await waitFor(() => connection.socket.bytesRead > 0, "no answer");
  await waitFor(() => origin.open.size === 0, "the origin's connection is still open");
  connection.close();
});

test("what cannot be read behind a good request does not cost it its answer", async () => {
  await using origin = await startOrigin((socket) => setTimeout(() => socket.write(ok()), 100));
  await using gateway = await startGatewayOn({ zones: [{ hosts: ["*"], origins: [origin.url] }] });
  const connection = gateway.connect();
  connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGARBAGE\r\n\r\n");
  let received = "";
  connection.socket.on("data", (bytes) => {
    received += bytes.toString();
  });

  await waitFor(() => connection.socket.closed, "the connection is still open");

  expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(await gateway.line()).toMatchObject({ status: 200 });
});

test("a client that stops in the middle of its upload is let go, and is a 499", async () => {
  await using origin = await startOrigin(() => {});
  await using gateway = await startGatewayOn({
    zones: [{ hosts: ["*"], origins: [origin.url] }],
    timeouts: { bodyIdleMs: 200 },
  });
  const connection = gateway.connect();

  connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");

  expect(await gateway.line()).toMatchObject({ status: 499, failure: null, requestBytes: 3 });
  await waitFor(() => origin.open.size === 0, "the origin's connection is still open");
  connection.close();
});

test("an OpenMetrics scrape leaves the classic form as it was", async () => {
  await using origin = await startOrigin((socket) => socket.write(ok()));
  await using gateway = await startGatewayOn({ zones: [{ hosts: ["*"], origins: [origin.url] }] });
  expect(field(await gateway.get(), "cf-ray")).toBeDefined();

  const { metrics } = gateway.gateway;
  const open = await metrics.scrape("application/openmetrics-text; version=1.0.0");
  const classic = await metrics.scrape("text/plain");

  expect(open.contentType).toMatch(/openmetrics/);
  expect(open.body).toMatch(/^edgecase_requests_total\{zone="\*",method="GET",status="200"\} 1$/m);
  expect(open.body.trimEnd().endsWith("# EOF")).toBe(true);
  expect(classic.body).toMatch(
    /^edgecase_requests_total\{zone="\*",method="GET",status="200"\} 1$/m,
  );
});
