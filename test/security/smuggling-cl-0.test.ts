// The attack (CL.0, and 0.CL): a body where a server expects none, with GET, on a page that it makes by itself, behind a redirect or
// an error. It answers without reading the body, keeps the connection, and takes the body for the next request.
//
// Seen: James Kettle, "Browser-Powered Desync Attacks", 2022 (CL.0, and in browsers: client-side desync), and "HTTP/1.1 must die",
// 2025 (0.CL).

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";
import { inner } from "../helpers/smuggling.ts";

let origin: TestOrigin;
let gateway: TestGateway;

beforeAll(async () => {
  origin = await startOrigin((socket) => socket.write(ok()));
  gateway = await startGatewayOn({
    zones: [
      { hosts: ["a.test"], origins: [origin.url] },
      { hosts: ["refused.test"], origins: ["http://127.0.0.1:9"] },
      { hosts: ["small.test"], origins: [origin.url], limits: { bodyBytes: 10 } },
      { hosts: ["error.test"], origins: [origin.url], errorRules: [{ status: [521], body: "x" }] },
    ],
  });
});
afterAll(async () => {
  await gateway.close();
  await origin[Symbol.asyncDispose]();
});

const places: readonly (readonly [what: string, line: string, host: string, status: number])[] = [
  ["GET", "GET /", "a.test", 200],
  ["HEAD", "HEAD /", "a.test", 200],
  ["OPTIONS", "OPTIONS /", "a.test", 200],
  ["DELETE", "DELETE /", "a.test", 200],
  ["TRACE", "TRACE /", "a.test", 200],
  ["a method that few know", "PROPFIND /", "a.test", 200],
  ["a page of the edge's own", "GET /cdn-cgi/trace", "a.test", 200],
  ["a preview of an error", "GET /cdn-cgi/error/521", "a.test", 521],
  ["no page of the edge's own", "GET /cdn-cgi/none", "a.test", 404],
  ["a page of the edge's own that takes no POST", "POST /cdn-cgi/trace", "a.test", 405],
  ["the server's options", "OPTIONS *", "a.test", 204],
  ["an origin that is down", "GET /", "refused.test", 521],
  ["a host that no zone has", "GET /", "nobody.test", 409],
  ["a target that is refused", "GET /%zz", "a.test", 400],
  ["a body that is too large", "POST /", "small.test", 413],
];

describe.each(["Content-Length", "chunks"])("a body, by %s, with a request for", (framing) => {
  test.each(places)("%s is never the next request", async (_what, line, host, status) => {
    const before = gateway.lines.length;
    const heads = origin.heads.length;
    const connection = gateway.connect();
    const [fields, body] =
      framing === "chunks"
        ? ["Transfer-Encoding: chunked", `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`]
        : [`Content-Length: ${inner.length}`, inner];

    connection.send(`${line} HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n\r\n${body}`);
    const response = await connection.read(line.split(" ", 1)[0]);
    // What is left in the connection shows by what comes to the next request, or by its end.
    connection.send("GET /next HTTP/1.1\r\nHost: a.test\r\n\r\n");
    const next = await connection.read();
    connection.close();

    await waitFor(() => gateway.lines.length > before, "it has no line");
    expect(response.status).toBe(status);
    expect([200, 0]).toContain(next.status);
    // The origin of this test knows no chunks.
    const asked = framing === "chunks" ? [] : origin.heads.slice(heads);
    expect(asked.filter((head) => head.includes("/smuggled"))).toEqual([]);
    expect(gateway.lines.slice(before).map(({ path }) => path)).not.toContain("/smuggled");
  });
});
