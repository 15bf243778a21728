// HTTPS for clients: HTTP/1.1 and HTTP/2 over TLS, on the same line as plain HTTP.

import { execFile } from "node:child_process";
import { once } from "node:events";
import http2, { type ClientHttp2Session } from "node:http2";
import { connect as connectTls } from "node:tls";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { ZoneFile } from "../../src/config/schema.ts";
import { type Answer, request } from "../helpers/http2-client.ts";
import { startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { makeSecureListener, type SecureListener } from "../helpers/secure-listener.ts";

const run = promisify(execFile);
let secure: SecureListener;

beforeAll(async () => {
  secure = await makeSecureListener("shop.test");
});
afterAll(() => secure.remove());

function startSecure(
  origin: string,
  zone: Partial<ZoneFile> = {},
  timeouts = {},
): Promise<TestGateway> {
  return startGatewayOn({
    listen: secure.listen,
    zones: [{ hosts: ["shop.test"], origins: [origin], ...zone }],
    timeouts,
  });
}

/** curl, which verifies the certificate; resolves with what it printed, or its exit code. */
async function curl(gateway: TestGateway, path: string, ...args: string[]): Promise<string> {
  const url = `https://shop.test:${gateway.securePort}${path}`;
  const resolve = `shop.test:${gateway.securePort}:127.0.0.1`;
  const trust = ["--cacert", secure.rootFile, "--resolve", resolve, "--max-time", "8"];
  return run("curl", ["-s", ...trust, ...args, url]).then(
    ({ stdout }) => stdout,
    (error: { code: number; stdout: string }) => `${error.stdout}\ncurl: ${error.code}`,
  );
}

function connect(gateway: TestGateway): ClientHttp2Session {
  const session = http2.connect(`https://shop.test:${gateway.securePort}`, {
    ca: secure.rootPem,
    maxSendHeaderBlockLength: 400_000,
    lookup: (_host, _options, done) =>
      done(null, [{ address: "127.0.0.1", family: 4 }] as never, 4),
  });
  session.on("error", () => {});
  return session;
}

describe("over HTTPS", () => {
  test.each([
    ["--http1.1", "1.1"],
    ["--http2", "2"],
  ])("curl %s is answered in HTTP/%s", async (flag, version) => {
    await using origin = await startOrigin((socket) => socket.write(ok("hello")));
    await using gateway = await startSecure(origin.url);

    const printed = await curl(gateway, "/a?b", flag, "-w", " %{http_version}");

    expect(printed).toBe(`hello ${version}`);
    expect(await gateway.line()).toMatchObject({
      protocol: `HTTP/${version}`,
      path: "/a",
      host: "shop.test",
    });
  });

  test.each(["--http1.1", "--http2"])("the origin hears of it from curl %s", async (flag) => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startSecure(origin.url);

    await curl(gateway, "/", flag);

    const head = origin.heads[0] ?? "";
    expect(head).toMatch(/^X-Forwarded-Proto: https$/im);
    expect(head).toMatch(/^CF-Visitor: {"scheme":"https"}$/im);
    expect(head).toMatch(new RegExp(`^host: shop\\.test:${gateway.securePort}$`, "im"));
    expect(head).not.toMatch(/^:/m);
  });

  test("a client that offers no ALPN gets HTTP/1.1", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startSecure(origin.url);

    expect(await curl(gateway, "/", "--no-alpn", "-w", " %{http_version}")).toBe("hello 1.1");
  });

  test("TLS below 1.2 is refused", async () => {
    await using gateway = await startSecure("http://127.0.0.1:1");
    const socket = connectTls({
      port: gateway.securePort,
      servername: "shop.test",
      ca: secure.rootPem,
      maxVersion: "TLSv1.1",
      minVersion: "TLSv1",
      ciphers: "DEFAULT@SECLEVEL=0",
    });

    const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];

    expect(error.code).toMatch(/ALERT_PROTOCOL_VERSION/);
  });

  test("plain HTTP on the TLS port harms nobody", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startSecure(origin.url);

    const refused = await run("curl", ["-s", `http://127.0.0.1:${gateway.securePort}/`]).catch(
      (error: { code: number }) => error.code,
    );

    expect(refused).toBe(52);
    expect(await curl(gateway, "/")).toBe("hello");
  });

  test("an HTTP/1.0 client can tell a response that broke off", async () => {
    await using origin = await startOrigin((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
      setTimeout(() => socket.destroy(), 30);
    });
    await using gateway = await startSecure(origin.url);
    const socket = connectTls({
      port: gateway.securePort,
      servername: "shop.test",
      ca: secure.rootPem,
    });
    let failed: NodeJS.ErrnoException | null = null;
    socket.on("error", (error) => {
      failed = error;
    });
    socket.resume().write("GET / HTTP/1.0\r\nHost: shop.test\r\n\r\n");

    await new Promise((resolve) => {
      socket.once("close", resolve);
    });

    expect(failed).toMatchObject({ code: "ECONNRESET" });
  });
});

describe("an HTTP/2 response", () => {
  test("has the origin's fields, duplicates and all, and its trailers", async () => {
    await using origin = await startOrigin((socket) => {
      socket.write(
        "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Odd: \xe9\r\nKeep-Alive: timeout=5\r\n" +
          "Connection: X-Hop\r\nX-Hop: 1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 42\r\n\r\n",
        "latin1",
      );
    });
    await using gateway = await startSecure(origin.url);
    const session = connect(gateway);

    const { headers, body, trailers } = await request(session, {});

    session.destroy();
    expect(headers).toMatchObject({ ":status": 200, "set-cookie": ["a=1", "b=2"] });
    expect(headers["cf-ray"]).toMatch(/^[0-9a-f]{16}-DEV$/);
    expect(Object.keys(headers)).not.toContain("x-hop");
    expect([body, trailers["x-sum"]]).toEqual(["hello", "42"]);
  });

  test.each([
    ["a short Content-Length", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello"],
    ["a chunk cut off", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"],
  ])("that broke off (%s) is reset, its neighbours go on", async (_what, bytes) => {
    await using origin = await startOrigin((socket, head) => {
      if (!head.startsWith("GET /broken")) return void socket.write(ok("whole"));
      socket.write(bytes);
      setTimeout(() => socket.destroy(), 30);
    });
    await using gateway = await startSecure(origin.url);
    const session = connect(gateway);

    const [broken, whole] = await Promise.all([
      request(session, { ":path": "/broken" }),
      request(session, { ":path": "/whole" }),
    ]);
    const after = await request(session, {});

    session.destroy();
    expect(broken.broken).toMatch(/INTERNAL_ERROR/);
    expect([whole.body, whole.broken, after.body]).toEqual(["whole", null, "whole"]);
    expect(await gateway.line((line) => line["path"] === "/broken")).toMatchObject({
      late: true,
      failure: "http_response_incomplete",
    });
  });

  test("with 103 Early Hints brings the hints first", async () => {
    await using origin = await startOrigin((socket) => {
      socket.write(`HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n${ok()}`);
    });
    await using gateway = await startSecure(origin.url);

    const printed = await curl(gateway, "/", "--http2", "-i");

    expect(printed.replaceAll("\r", "")).toMatch(
      /^HTTP\/2 103 \nlink: <\/a\.css>; rel=preload\n\nHTTP\/2 200 \n/,
    );
  });

  test("to HEAD, of 204 and of 304 has no content", async () => {
    await using origin = await startOrigin((socket, head) => {
      if (head.startsWith("HEAD")) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
      else if (head.startsWith("GET /204")) socket.write("HTTP/1.1 204 No Content\r\n\r\n");
      else socket.write('HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: "a"\r\n\r\n');
    });
    await using gateway = await startSecure(origin.url);
    const session = connect(gateway);

    const answers = await Promise.all([
      request(session, { ":method": "HEAD" }),
      request(session, { ":path": "/204" }),
      request(session, { ":path": "/304" }),
    ]);

    session.destroy();
    expect(answers.map(({ headers, body, broken }) => [headers[":status"], body, broken])).toEqual([
      [200, "", null],
      [204, "", null],
      [304, "", null],
    ]);
  });
});

describe("an HTTP/2 request", () => {
  test("with a body of unknown length arrives whole, in chunks", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startSecure(origin.url);
    const session = connect(gateway);

    const { headers } = await request(session, { ":method": "POST" }, Buffer.from("abc"));

    session.destroy();
    expect(headers[":status"]).toBe(200);
    expect(origin.heads[0]).toMatch(/^transfer-encoding: chunked$/im);
    expect((await gateway.line())["requestBytes"]).toBe(3);
  });

  test.each([
    ["a path that is not encoded", { ":path": "/caf\u00e9" }, 400],
    ["an expectation that nobody knows", { expect: "miracles" }, 200],
    [
      "more bytes of fields than the limit",
      { a: "x".repeat(60_000), b: "x".repeat(60_000), c: "x".repeat(20_000) },
      431,
    ],
  ])("with %s is judged as over HTTP/1.1", async (_what, headers, status) => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startSecure(origin.url);
    const session = connect(gateway);

    const { headers: fields } = await request(session, headers);

    session.destroy();
    expect(fields[":status"]).toBe(status);
    expect(fields["cf-ray"]).toMatch(/^[0-9a-f]{16}-DEV$/);
    expect((await gateway.line())["status"]).toBe(status);
  });

  test("with its cookie in crumbs reaches the origin with one Cookie field", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startSecure(origin.url);
    const session = connect(gateway);

    await request(session, { cookie: ["a=1", "b=2"] });

    session.destroy();
    expect(origin.heads[0]?.match(/^cookie:.*$/gim)).toEqual(["cookie: a=1; b=2"]);
  });

  test("with a method that nobody knows is refused as over HTTP/1.1, and CONNECT too", async () => {
    await using gateway = await startSecure("http://127.0.0.1:1");
    const session = connect(gateway);

    const unknown = await request(session, { ":method": "BREW" });
    const tunnel = session.request({ ":method": "CONNECT", ":authority": "shop.test:443" });
    const [headers] = (await once(tunnel, "response")) as [Answer["headers"]];

    session.destroy();
    expect([unknown.headers[":status"], headers[":status"]]).toEqual([400, 405]);
  });

  test("that the client cancels is 499, and closes the origin's connection, not the session", async () => {
    await using origin = await startOrigin((socket, head) => {
      if (head.startsWith("GET /good")) socket.write(ok());
    });
    await using gateway = await startSecure(origin.url);
    const session = connect(gateway);
    const stream = session.request({ ":path": "/slow" });
    stream.on("error", () => {});
    await waitFor(() => origin.heads.length === 1, "the request did not arrive");

    stream.close(http2.constants.NGHTTP2_CANCEL);

    expect((await gateway.line())["status"]).toBe(499);
    await waitFor(() => origin.open.size === 0, "the origin's connection stayed open");
    expect((await request(session, { ":path": "/good" })).body).toBe("hello");
    session.destroy();
  });

  test("answered before its body was read leaves the session good for the next", async () => {
    await using origin = await startOrigin((socket, head) => {
      socket.write(head.startsWith("POST") ? ok("no", "", "HTTP/1.1 413 Too Large") : ok());
    });
    await using gateway = await startSecure(origin.url);
    const session = connect(gateway);

    const early = await request(session, { ":method": "POST" }, Buffer.alloc(3_000_000));
    const next = await request(session, {});

    session.destroy();
    expect([early.headers[":status"], early.broken, next.body]).toEqual([413, null, "hello"]);
  });

  test("and a hundred more share one connection", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startSecure(origin.url);
    const session = connect(gateway);

    const answers = await Promise.all(Array.from({ length: 100 }, () => request(session, {})));

    session.destroy();
    expect(new Set(answers.map(({ headers, body }) => `${headers[":status"]} ${body}`))).toEqual(
      new Set(["200 hello"]),
    );
    expect(await gateway.metric("edgecase_requests_total", { status: "200" })).toBe(100);
  });

  test("is answered with the codes of a CDN when the origin fails", async () => {
    await using gateway = await startSecure("http://127.0.0.1:1");
    const session = connect(gateway);

    const { headers, body, broken } = await request(session, { accept: "application/json" });

    session.destroy();
    expect([headers[":status"], broken]).toEqual([521, null]);
    expect(headers["proxy-status"]).toMatch(/^edgecase; error=connection_refused/);
    expect(JSON.parse(body)).toMatchObject({ error_code: 521 });
  });
});

describe("closing", () => {
  test("lets an HTTP/2 stream under way end within the grace, and then is done at once", async () => {
    await using origin = await startOrigin((socket) => {
      setTimeout(() => socket.write(ok("late")), 150);
    });
    const gateway = await startSecure(origin.url);
    const session = connect(gateway);
    const answer = request(session, {});
    await waitFor(() => origin.heads.length === 1, "the request did not arrive");
    const startedAt = performance.now();

    await gateway.gateway.close(5_000);

    expect((await answer).body).toBe("late");
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});
