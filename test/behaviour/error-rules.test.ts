// Custom error rules: whichever side made an error, the first rule for its status says what the client gets.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { afterAll, describe, expect, test } from "vitest";

import type { ConfigFile, ZoneFile } from "../../src/config/schema.ts";
import { startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { field, RawConnection } from "../helpers/raw-client.ts";

const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a file, and says where. */
function fileOf(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const nowhere = "http://127.0.0.1:9";
const notFound = "HTTP/1.1 404 Not Found";

type Rules = NonNullable<ZoneFile["errorRules"]>;

/** A gateway with one zone for every host, with these rules. */
function startZone(
  origin: string,
  errorRules: Rules,
  more: Partial<ZoneFile> = {},
  config: ConfigFile = {},
): Promise<TestGateway> {
  const zone = { hosts: ["*"], origins: [origin], errorRules, ...more };
  return startGatewayOn({ ...config, zones: [zone] });
}

/** Writes the same piece again and again, as fast as it is taken. */
function writeForEver(socket: Socket, chunk: string): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on("drain", more);
  more();
}

describe("a rule for an origin's own error", () => {
  test("takes the place of its content and keeps every field that does not tell of it, in order, duplicates too", async () => {
    const fields = [
      "Set-Cookie: a=1",
      "X-One: 1",
      "Content-Type: text/css",
      'ETag: "v1"',
      "Set-Cookie: b=2",
      "Content-Digest: sha-256=:AA==:",
      "Access-Control-Allow-Origin: *",
    ].map((line) => `${line}\r\n`);
    await using origin = await startOrigin((socket) =>
      socket.write(ok("secret of the origin", fields.join(""), notFound)),
    );
    await using gateway = await startZone(origin.url, [{ status: [404], body: "<p>gone</p>" }]);

    const response = await gateway.get();

    expect(response).toMatchObject({ status: 404, reason: "Not Found", ending: "complete" });
    expect(response.body.toString()).toBe("<p>gone</p>");
    expect(response.headers.slice(0, 7)).toEqual([
      ["Set-Cookie", "a=1"],
      ["X-One", "1"],
      ["Set-Cookie", "b=2"],
      ["Access-Control-Allow-Origin", "*"],
      ["content-type", "text/html; charset=utf-8"],
      ["content-length", "11"],
      ["cf-ray", field(response, "cf-ray")],
    ]);
  });

  test("is no failure: the line has the origin's status and no code", async () => {
    await using origin = await startOrigin((socket) =>
      socket.write(ok("x", "", "HTTP/1.1 500 Oops")),
    );
    await using gateway = await startZone(origin.url, [
      { status: ["5xx"], body: "sorry", responseStatus: 418 },
    ]);

    const response = await gateway.get();

    expect(response).toMatchObject({ status: 418, reason: "I'm a Teapot" });
    expect(await gateway.line()).toMatchObject({
      status: 418,
      originStatus: 500,
      code: null,
      failure: null,
      responseBytes: 5,
    });
    expect(await gateway.metric("edgecase_requests_total", { status: "418" })).toBe(1);
    expect(await gateway.metric("edgecase_failures_total")).toBe(0);
  });

  test("keeps the origin's reason phrase with its status", async () => {
    await using origin = await startOrigin((socket) =>
      socket.write(ok("x", "", "HTTP/1.1 404 Nowhere to be found")),
    );
    await using gateway = await startZone(origin.url, [{ status: ["4xx"], body: "gone" }]);

    expect(await gateway.get()).toMatchObject({ status: 404, reason: "Nowhere to be found" });
  });

  test("replaces compressed content by content that is not", async () => {
    const content = gzipSync("secret of the origin".repeat(5_000));
    await using origin = await startOrigin((socket) => {
      socket.write(
        `${notFound}\r\nContent-Encoding: gzip\r\nContent-Length: ${content.length}\r\n\r\n`,
      );
      socket.write(content);
    });
    await using gateway = await startZone(origin.url, [{ status: [404], body: "gone" }]);

    const answers = [await gateway.get(), await gateway.get()];

    expect(answers.map(({ body }) => body.toString())).toEqual(["gone", "gone"]);
    expect(answers.map((answer) => field(answer, "content-encoding"))).toEqual([
      undefined,
      undefined,
    ]);
    await waitFor(() => gateway.lines.length === 2, "two lines");
    expect(origin.connections).toBe(1);
  });

  test("replaces chunked content with trailers", async () => {
    await using origin = await startOrigin((socket) =>
      socket.write(
        `${notFound}\r\nTrailer: X-End\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-End: 1\r\n\r\n`,
      ),
    );
    await using gateway = await startZone(origin.url, [{ status: [404], body: "gone" }]);

    const response = await gateway.get();

    expect(response).toMatchObject({ ending: "complete", trailers: [] });
    expect(response.body.toString()).toBe("gone");
    expect(field(response, "trailer")).toBeUndefined();
  });

  test("answers HEAD with the fields alone", async () => {
    await using origin = await startOrigin((socket) =>
      socket.write(`${notFound}\r\nContent-Length: 999\r\n\r\n`),
    );
    await using gateway = await startZone(origin.url, [{ status: [404], body: "gone" }]);

    const first = await gateway.request({ method: "HEAD" });

    expect(first).toMatchObject({ status: 404, ending: "complete", body: Buffer.alloc(0) });
    expect(field(first, "content-length")).toBe("4");
  });

  test.each([
    "HTTP/1.1 200 OK",
    "HTTP/1.1 206 Partial Content",
    "HTTP/1.1 301 Moved Permanently",
    "HTTP/1.1 399 Odd",
    "HTTP/1.1 403 Forbidden",
  ])("leaves %s as it is", async (statusLine) => {
    await using origin = await startOrigin((socket) =>
      socket.write(ok("of the origin", "ETag: x\r\nContent-Type: text/css\r\n", statusLine)),
    );
    await using gateway = await startZone(origin.url, [{ status: [404, "5xx"], body: "gone" }]);

    const response = await gateway.get();

    expect(`HTTP/1.1 ${response.status} ${response.reason}`).toBe(statusLine);
    expect(response.body.toString()).toBe("of the origin");
    expect(field(response, "etag")).toBe("x");
  });
});

describe("the origin's connection, after its content was replaced", () => {
  test("carries the next request", async () => {
    await using origin = await startOrigin((socket) =>
      socket.write(ok("x".repeat(50_000), "", notFound)),
    );
    await using gateway = await startZone(origin.url, [{ status: [404], body: "gone" }]);
    const client = gateway.connect();

    for (let count = 0; count < 5; count += 1)
      await client.request({ headers: [["Host", "a.test"]] });

    client.close();
    await waitFor(() => gateway.lines.length === 5, "five lines");
    expect(origin.connections).toBe(1);
    expect(gateway.lines.map(({ reused }) => reused)).toEqual([false, true, true, true, true]);
  });

  test.each([
    ["of announced length", "Content-Length: 1000000000000", "x".repeat(10_000)],
    ["in chunks", "Transfer-Encoding: chunked", `2710\r\n${"x".repeat(10_000)}\r\n`],
    ["until it closes", "Connection: close", "x".repeat(10_000)],
  ])(
    "is closed when the content has no end, %s; the client has its answer",
    async (_how, line, chunk) => {
      await using origin = await startOrigin((socket) => {
        socket.write(`${notFound}\r\n${line}\r\n\r\n`);
        writeForEver(socket, chunk);
      });
      await using gateway = await startZone(origin.url, [{ status: [404], body: "gone" }]);

      const response = await gateway.get();

      expect(response).toMatchObject({ status: 404, ending: "complete" });
      expect(response.body.toString()).toBe("gone");
      // Sooner than a wait would end.
      await waitFor(() => origin.open.size === 0, "the connection is still open", 700);
    },
  );

  test("is closed when the content does not come, and the client has not waited for it", async () => {
    await using origin = await startOrigin((socket) =>
      socket.write(`${notFound}\r\nContent-Length: 10\r\n\r\nabc`),
    );
    await using gateway = await startZone(
      origin.url,
      [{ status: [404], body: "gone" }],
      {},
      { timeouts: { bodyIdleMs: 60_000 } },
    );

    const response = await gateway.get();

    expect(response.body.toString()).toBe("gone");
    expect(origin.open.size).toBe(1);
    await waitFor(() => origin.open.size === 0, "the connection is still open", 3_000);
  });

  test("is closed when the request was not read to its end, and the upload's client has its answer", async () => {
    await using origin = await startOrigin((socket) => {
      socket.pause();
      socket.write(ok("no", "", "HTTP/1.1 413 Too Large"));
    });
    await using gateway = await startZone(origin.url, [{ status: [413], body: "less, please" }]);
    const client = new RawConnection(gateway.port);

    const response = await client.request({
      method: "POST",
      bodyBytes: 20_000_000,
      headers: [["Host", "a.test"]],
    });

    expect(response).toMatchObject({ status: 413, ending: "complete" });
    expect(response.body.toString()).toBe("less, please");
    expect(field(response, "connection")).toBe("close");
    client.close();
    expect(await gateway.line()).toMatchObject({ status: 413, originStatus: 413, failure: null });
    const pool = gateway.gateway.zones[0]?.origins[0]?.connections[0];
    await waitFor(() => pool?.counts.active === 0, "the connection is still open");
    expect(pool?.counts.idle).toBe(0);
  });

  test("keeps nothing open when the gateway closes meanwhile", async () => {
    await using origin = await startOrigin((socket) =>
      socket.write(`${notFound}\r\nContent-Length: 10\r\n\r\nabc`),
    );
    const gateway = await startZone(origin.url, [{ status: [404], body: "gone" }]);
    await gateway.get();
    const openBefore = origin.open.size;

    await gateway.close();
    await waitFor(() => origin.open.size === 0, "the connection is still open", 500);

    expect(openBefore).toBe(1);
  });
});

describe("a rule for an error of the edge's", () => {
  test("goes before the owner's page and before what the client accepts", async () => {
    const page = fileOf("5xx.html", "<head></head>the owner's page ::CLOUDFLARE_ERROR_500S_BOX::");
    await using gateway = await startZone(
      nowhere,
      [{ status: ["5xx"], body: '{"ray":"::RAY_ID::"}', contentType: "application/json" }],
      { errorPages: { "5xx": page } },
    );

    const response = await gateway.get("/", [
      ["Accept-Encoding", "gzip"],
      ["Accept", "text/html"],
    ]);

    expect(response.status).toBe(521);
    expect(field(response, "content-type")).toBe("application/json; charset=utf-8");
    expect(field(response, "content-security-policy")).toBeUndefined();
    expect(JSON.parse(response.body.toString())).toEqual({
      ray: field(response, "cf-ray")?.slice(0, 16),
    });
  });

  test("changes nothing in log and metrics but the status that the client got", async () => {
    await using gateway = await startZone(nowhere, [
      { status: [521], body: "down", responseStatus: 599 },
    ]);

    const response = await gateway.get();

    expect(response).toMatchObject({ status: 599, reason: "" });
    expect(field(response, "proxy-status")).toContain("connection_refused");
    const expected = { status: 599, code: 521, failure: "connection_refused", originStatus: 0 };
    expect(await gateway.line()).toMatchObject(expected);
    expect(await gateway.metric("edgecase_errors_total", { code: "521" })).toBe(1);
  });

  test("is found by the status that the client would get, not by the code behind it", async () => {
    await using gateway = await startZone(
      nowhere,
      [
        { status: [521], body: "detailed" },
        { status: [502], body: "generic" },
      ],
      { errors: { codes: "generic" } },
    );

    expect((await gateway.get()).body.toString()).toBe("generic");
  });
});

describe("of several rules", () => {
  test.each([
    [404, "one"],
    [410, "all of the 400s"],
    [499, "all of the 400s"],
    [500, "of the origin"],
    [503, "three"],
  ])("the first for status %i counts: %s", async (status, expected) => {
    await using origin = await startOrigin((socket) =>
      socket.write(ok("of the origin", "", `HTTP/1.1 ${status} X`)),
    );
    await using gateway = await startZone(origin.url, [
      { status: [404], body: "one" },
      { status: ["4xx"], body: "all of the 400s" },
      { status: [410, 503], body: "three" },
    ]);

    expect((await gateway.get()).body.toString()).toBe(expected);
  });
});

describe("the answer of a rule", () => {
  test.each([600, 799, 999])(
    "may have the status %i, with an empty reason phrase",
    async (status) => {
      await using origin = await startOrigin((socket) => socket.write(ok("x", "", notFound)));
      await using gateway = await startZone(origin.url, [
        { status: [404], body: "gone", responseStatus: status },
      ]);

      const response = await gateway.get();

      expect(response).toMatchObject({ status, reason: "", ending: "complete" });
      expect(response.bytes.toString().startsWith(`HTTP/1.1 ${status} \r\n`)).toBe(true);
      expect(await gateway.line()).toMatchObject({ status, originStatus: 404 });
      expect(await gateway.metric("edgecase_requests_total", { status: String(status) })).toBe(1);
    },
  );

  test.each(["text/html", "text/plain", "application/json", "text/xml"] as const)(
    "may be a file, and %s",
    async (contentType) => {
      const file = fileOf("body", "ray ::RAY_ID:: of ::CLIENT_IP:: in ::GEO::");
      await using gateway = await startZone(nowhere, [{ status: [521], file, contentType }]);

      const response = await gateway.get();

      const ray = field(response, "cf-ray")?.slice(0, 16) ?? "none";
      expect(field(response, "content-type")).toBe(`${contentType}; charset=utf-8`);
      expect(response.body.toString()).toBe(`ray ${ray} of 127.0.0.1 in XX`);
    },
  );
});
