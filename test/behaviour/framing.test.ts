import { describe, expect, test } from "vitest";

import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { field } from "../helpers/raw-client.ts";

describe("requests", () => {
  test.each([
    "GET",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "PROPFIND",
    "REPORT",
    "M-SEARCH",
    "QUERY",
  ])("%s with a body of any type arrives as it was sent", async (method) => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const response = await gateway.request({
      method,
      bodyBytes: 10_000,
      headers: [["Content-Type", "not a media type"]],
    });

    expect(response.status).toBe(200);
    expect(origin.heads[0]).toMatch(new RegExp(`^${method} / HTTP/1.1\r\n`));
    expect(origin.heads[0]).toMatch(/content-type: not a media type/i);
    await waitFor(() => origin.bytes >= 10_000, "the body did not arrive");
  });

  test("with a chunked body are passed on chunked, to the last byte", async () => {
    await using origin = await startOrigin((socket) => {
      socket.on("data", (bytes) => {
        if (bytes.toString("latin1").endsWith("0\r\n\r\n")) socket.write(ok());
      });
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const response = await gateway.request({ method: "POST", bodyBytes: 200_000, isChunked: true });

    expect(response.status).toBe(200);
    expect(origin.heads[0]).toMatch(/transfer-encoding: chunked/i);
    expect(await gateway.line()).toMatchObject({ requestBytes: 200_000 });
  });

  test.each([
    "/?q=100%&x=%zz",
    "/a/../b",
    "//x",

    "/a b".replace(" ", "%20"),
    `/${"a".repeat(8_000)}`,
  ])("for %s keep their target", async (target) => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const connection = gateway.connect();
    connection.socket.setDefaultEncoding("latin1");
    const response = await connection.request({ target, headers: [["Host", "any.test"]] });
    connection.close();

    expect(response.status).toBe(200);
    expect(origin.heads[0]?.split("\r\n", 1)[0]).toBe(`GET ${target} HTTP/1.1`);
  });

  test("in absolute form go to the zone of their target, whatever Host says", async () => {
    await using right = await startOrigin((socket) => socket.write(ok("right")));
    await using wrong = await startOrigin((socket) => socket.write(ok("wrong")));
    await using gateway = await startGatewayOn({
      zones: [
        { hosts: ["right.test"], origins: [right.url] },
        { hosts: ["wrong.test"], origins: [wrong.url] },
      ],
    });

    const response = await gateway.request({
      host: "wrong.test",
      target: "http://right.test/path?q",
    });

    expect(response.body.toString()).toBe("right");
    expect(right.heads[0]?.split("\r\n").slice(0, 2)).toEqual([
      "GET /path?q HTTP/1.1",
      "host: right.test",
    ]);
  });

  test("for * are the edge's own to answer, and reach no origin", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const options = await gateway.request({ method: "OPTIONS", target: "*" });
    const get = await gateway.request({ method: "GET", target: "*" });

    expect([options.status, get.status]).toEqual([204, 400]);
    expect(field(options, "allow")).toContain("GET");
    expect(origin.heads).toEqual([]);
  });

  test("sent one behind another are answered in their order", async () => {
    await using origin = await startOrigin((socket, head) => {
      const path = head.split(" ")[1] ?? "";
      setTimeout(() => socket.write(ok(path)), path === "/slow" ? 50 : 0);
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });
    const connection = gateway.connect();
    connection.send("GET /slow HTTP/1.1\r\nHost: any.test\r\n\r\n");

    const first = await connection.request({ target: "/fast", headers: [["Host", "any.test"]] });

    expect(first.body.toString()).toBe("/slow");
    connection.close();
  });

  test("of an HTTP/1.0 client get an answer it can read, and a reset if it breaks off", async () => {
    await using origin = await startOrigin((socket, head) => {
      socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
      if (head.startsWith("GET /whole")) socket.write("0\r\n\r\n");
      else socket.end();
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const whole = await gateway.request({ version: "1.0", target: "/whole" });
    const broken = await gateway.request({ version: "1.0", target: "/broken" });

    expect(field(whole, "transfer-encoding")).toBeUndefined();
    expect(whole.body.toString()).toBe("hello");
    expect(whole.wasReset).toBe(false);
    expect(broken.wasReset).toBe(true);
  });
});

describe("answers that come before the upload is over", () => {
  test("reach a client that goes on sending, from the origin and from the edge", async () => {
    await using origin = await startOrigin((socket) =>
      socket.write(ok("too large", "", "HTTP/1.1 413 Content Too Large")),
    );
    await using gateway = await startGatewayOn({
      zones: [
        { hosts: ["early.test"], origins: [origin.url] },
        { hosts: ["refused.test"], origins: ["http://127.0.0.1:9"] },
      ],
    });

    const early = await gateway.request({
      host: "early.test",
      method: "POST",
      bodyBytes: 3_000_000,
    });
    const refused = await gateway.request({
      host: "refused.test",
      method: "POST",
      bodyBytes: 3_000_000,
    });

    expect([early.status, early.ending, early.wasReset]).toEqual([413, "complete", false]);
    expect([refused.status, refused.ending, refused.wasReset]).toEqual([521, "complete", false]);
    expect(field(refused, "connection")).toBe("close");
  });

  test("Expect: 100-continue is answered only once an origin is there to read the body", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [
        { hosts: ["works.test"], origins: [origin.url] },
        { hosts: ["refused.test"], origins: ["http://127.0.0.1:9"] },
      ],
    });
    const expecting = {
      method: "POST",
      headers: [
        ["Expect", "100-continue"],
        ["Content-Length", "5"],
      ] as const,
    };

    const refused = await gateway.request({ host: "refused.test", ...expecting });
    const connection = gateway.connect();
    const asked = connection.request({
      ...expecting,
      headers: [["Host", "works.test"], ...expecting.headers],
    });
    await waitFor(() => connection.socket.bytesRead > 0, "no 100 Continue");
    connection.send("hello");
    const works = await asked;
    connection.close();

    expect([refused.status, refused.interim]).toEqual([521, []]);
    expect([works.status, works.interim]).toEqual([200, [100]]);
    expect(origin.heads[0]).not.toMatch(/expect/i);
  });
});
