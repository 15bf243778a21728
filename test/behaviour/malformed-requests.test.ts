import { describe, expect, test } from "vitest";

import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { field } from "../helpers/raw-client.ts";

describe("what is no proper request", () => {
  test.each([
    ["no HTTP", "GARBAGE\r\n\r\n", 400, "malformed"],
    ["HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "malformed"],
    ["no Host", "GET / HTTP/1.1\r\n\r\n", 400, "bad_host"],
    [
      "a tunnel asked for",
      "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
      405,
      "method_not_allowed",
    ],
    ["two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "bad_host"],
    ["a Host that is none", "GET / HTTP/1.1\r\nHost: a:x y/..@\r\n\r\n", 400, "bad_host"],
    ["a user in the target", "GET http://a:80@b/ HTTP/1.1\r\nHost: b\r\n\r\n", 400, "bad_host"],
    ["a scheme that is not ours", "GET ftp://a/b HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"],
    ["* to GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"],
    ["a path that is not encoded", "GET /a%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"],
    [
      "a coding that we do not know",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      501,
      "unknown_coding",
    ],
    [
      "a length that is none",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
      400,
      "bad_framing",
    ],
    [
      "two lengths",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      400,
      "bad_framing",
    ],
    [
      "a length before chunks",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
      "bad_framing",
    ],
    [
      "a length after chunks",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
      400,
      "bad_framing",
    ],
    [
      "chunks that are not the last coding",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
      400,
      "bad_framing",
    ],
    [
      "a header section too large",
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(200_000)}\r\n\r\n`,
      431,
      "header_section_too_large",
    ],
  ] as const)(
    "(%s) has a page with a ray id, closes the connection, and is logged and counted",
    async (_what, bytes, status, reason) => {
      await using gateway = await startGatewayOn({
        zones: [{ hosts: ["*"], origins: ["http://127.0.0.1:9"] }],
      });
      const connection = gateway.connect();
      let received = "";
      connection.socket.on("data", (data) => {
        received += data.toString("latin1");
      });

      connection.send(bytes);

      await waitFor(() => received.includes("</html>"), "no answer");
      expect(received).toMatch(
        new RegExp(`^HTTP/1.1 ${status} .*\r\n(.*\r\n)*cf-ray: [0-9a-f]{16}-DEV\r\n`),
      );
      expect(received).toContain(
        `proxy-status: edgecase; error=http_request_error; details="${reason}"; status-code=${status}\r\n`,
      );
      expect(await gateway.line()).toMatchObject({
        status,
        code: status,
        failure: "http_request_error",
        reason,
        phase: "edge",
        origin: "",
        client: "127.0.0.1",
      });
      expect(await gateway.metric("edgecase_requests_total", { status: String(status) })).toBe(1);
      expect(await gateway.metric("edgecase_errors_total", { code: String(status) })).toBe(1);
      connection.close();
    },
  );

  test("tells nothing but the code when pages are sanitized", async () => {
    await using gateway = await startGatewayOn({
      errors: { pages: "sanitized" },
      zones: [{ hosts: ["*"], origins: ["http://127.0.0.1:9"] }],
    });
    const connection = gateway.connect();

    connection.send("GARBAGE\r\n\r\n");

    const response = await connection.read();
    connection.close();
    expect({ status: response.status, ending: response.ending }).toEqual({
      status: 400,
      ending: "complete",
    });
    expect(field(response, "connection")).toBe("close");
    expect(field(response, "proxy-status")).toBeUndefined();
    expect(response.body.toString()).not.toMatch(/malformed|HPE_|parser|GARBAGE/);
  });

  test("has its answer although the client goes on sending", async () => {
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: ["http://127.0.0.1:9"] }],
    });
    const connection = gateway.connect();
    connection.socket.pause();
    connection.send(`GET / HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(200_000)}`);
    await gateway.line();

    await new Promise((resolve) => {
      connection.socket.write(Buffer.alloc(20_000_000, "a"), resolve);
    });

    connection.socket.resume();
    const response = await connection.read();
    connection.close();
    expect({
      status: response.status,
      ending: response.ending,
      wasReset: response.wasReset,
    }).toEqual({ status: 431, ending: "complete", wasReset: false });
  });

  test("405 says which methods there are", async () => {
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["a"], origins: ["http://127.0.0.1:9"] }],
    });
    const connection = gateway.connect();

    connection.send("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\nAccept: application/json\r\n\r\n");

    const response = await connection.read();
    connection.close();
    expect(field(response, "allow")).toBe("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    expect(JSON.parse(response.body.toString())).toMatchObject({ error_code: 405 });
    expect(await gateway.line()).toMatchObject({ method: "CONNECT", zone: "a", status: 405 });
  });
});

test("a body that cannot be read is a 400, and the origin's connection is closed", async () => {
  await using origin = await startOrigin(() => {});
  await using gateway = await startGatewayOn({ zones: [{ hosts: ["*"], origins: [origin.url] }] });
  const connection = gateway.connect();
  connection.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
  await waitFor(() => origin.bytes > 0, "nothing arrived");

  connection.send("zz\r\n");

  expect(await gateway.line()).toMatchObject({
    status: 400,
    failure: "http_request_error",
    reason: "bad_framing",
    origin: "",
  });
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

test("a body that breaks after its answer changes nothing of it", async () => {
  await using origin = await startOrigin(() => {});
  await using gateway = await startGatewayOn({
    limits: { bodyBytes: 10 },
    zones: [{ hosts: ["*"], origins: [origin.url] }],
  });
  const connection = gateway.connect();
  connection.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  connection.send(`14\r\n${"x".repeat(20)}\r\n`);
  const response = await connection.read();

  connection.send("zz\r\n");
  connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  connection.socket.end();

  expect(response).toMatchObject({ status: 413, ending: "complete" });
  expect(await gateway.line()).toMatchObject({ reason: "content_too_large", late: false });
  await waitFor(() => connection.socket.closed, "the connection is still open", 4_000);
  expect(gateway.lines).toHaveLength(1);
});
