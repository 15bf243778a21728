import { describe, expect, test } from "vitest";

import { startGatewayOn } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { field } from "../helpers/raw-client.ts";

describe("fields towards the origin", () => {
  test("are the client's own, in their order, with the edge's added", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const response = await gateway.request({
      host: "Shop.test:8080",
      target: "/a%2Fb//c?x=1&x=2",
      headers: [
        ["X-One", "1"],
        ["X-Two", "a"],
        ["X-Two", "b"],
        ["X-Forwarded-For", "192.0.2.1"],
        ["X-Forwarded-Proto", "gopher"],
        ["CF-Connecting-IP", "192.0.2.9"],
        ["CDN-Loop", "other"],
      ],
    });

    const lines = (origin.heads[0] ?? "").split("\r\n");
    expect(lines[0]).toBe("GET /a%2Fb//c?x=1&x=2 HTTP/1.1");
    expect(lines).toContain("host: Shop.test:8080");
    expect(lines.filter((line) => /^x-(one|two)/i.test(line))).toEqual([
      "X-One: 1",
      "X-Two: a",
      "X-Two: b",
    ]);
    expect(lines).toContain("X-Forwarded-For: 192.0.2.1, 127.0.0.1");
    expect(lines).toContain("X-Forwarded-Proto: http");
    expect(lines).toContain("CF-Connecting-IP: 127.0.0.1");
    expect(lines).toContain('CF-Visitor: {"scheme":"http"}');
    expect(lines).toContain("CDN-Loop: other, edgecase");
    expect(lines).toContain(`CF-Ray: ${field(response, "cf-ray")}`);
  });

  test("do not include those that belong to the client's connection, nor the edge's secrets", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    await gateway.request({
      headers: [
        ["Connection", "close, X-Secret"],
        ["X-Secret", "1"],
        ["Keep-Alive", "timeout=9"],
        ["Proxy-Connection", "keep-alive"],
        ["TE", "trailers"],
        ["Upgrade", "h2c"],
        ["Edgecase-Reveal", "token"],
      ],
    });

    const head = (origin.heads[0] ?? "").toLowerCase();
    expect(head).not.toMatch(/x-secret|proxy-connection|\nte:|upgrade|edgecase-reveal|timeout=9/);
  });

  test.each([
    ["request", "asked.test"],
    ["origin", /^127\.0\.0\.1:\d+$/],
    ["fixed.test", "fixed.test"],
  ])("have the Host that hostHeader: %s says", async (hostHeader, expected) => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url], hostHeader }],
    });

    await gateway.request({ host: "asked.test" });

    const host = /^host: (.*)$/im.exec(origin.heads[0] ?? "")?.[1];
    expect(host).toMatch(expected);
  });
});

describe("fields towards the client", () => {
  test("are the origin's, in their order and case, duplicates kept, and the ray id", async () => {
    const fields =
      "X-B: 2\r\nSet-Cookie: a=1\r\nx-a: 1\r\nSet-Cookie: b=2\r\nServer: app\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\n";
    await using origin = await startOrigin((socket) => socket.write(ok("hello", fields)));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const response = await gateway.get();

    const names = response.headers.map(([name]) => name);
    expect(response.headers.slice(0, 5)).toEqual([
      ["X-B", "2"],
      ["Set-Cookie", "a=1"],
      ["x-a", "1"],
      ["Set-Cookie", "b=2"],
      ["Server", "app"],
    ]);
    expect(names).not.toContain("X-Hop");
    expect(names).not.toContain("proxy-status");
    expect(field(response, "cf-ray")).toMatch(/^[0-9a-f]{16}-DEV$/);
  });

  test("keep their bytes above 127, and so does the reason phrase", async () => {
    await using origin = await startOrigin((socket) =>
      socket.write(Buffer.from(ok("", "X-Name: caf\xe9\r\n", "HTTP/1.1 200 D\xe9j\xe0"), "latin1")),
    );
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const response = await gateway.get();

    expect(field(response, "x-name")).toBe("caf\xe9");
    expect(response.status).toBe(200);
  });

  test("include trailers and 103 Early Hints", async () => {
    await using origin = await startOrigin((socket) => {
      socket.write("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n");
      socket.write(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 9\r\n\r\n",
      );
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const response = await gateway.get();

    expect(response.interim).toEqual([103]);
    expect(response.bytes.toString()).toContain("Link: </a.css>; rel=preload");
    expect(response.body.toString()).toBe("hello");
    expect(response.trailers).toEqual(["X-Sum: 9"]);
  });
});
