// The attack: a request whose body does not come, or not all of it, until the origin has answered. If the connection to the origin is
// kept then, the origin still waits for the rest, and takes the next client's request for it: the first client has put its own
// beginning before it. Pauses (pause-based desync) and answers that come early are two ways to the same place.
//
// Seen: James Kettle, "Browser-Powered Desync Attacks", 2022; CVE-2022-22720 (Apache), CVE-2022-23959 (Varnish).

import { describe, expect, test } from "vitest";

import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";

const early = (length: string): string => `POST /early HTTP/1.1\r\nHost: a\r\n${length}\r\n\r\n`;

describe("an origin that answers before it has the whole body", () => {
  test.each([
    [
      "Content-Length, and a part of it came",
      "Content-Length: 100",
      "GET /smuggled HTTP/1.1\r\nX: ",
    ],
    ["Content-Length, and nothing came", "Content-Length: 100", ""],
    ["chunks, and no end came", "Transfer-Encoding: chunked", "a\r\n0123456789\r\n"],
  ])("(%s) gets no other request over that connection", async (_what, framing, part) => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
      timeouts: { bodyIdleMs: 300, responseMs: 300 },
    });
    const connection = gateway.connect();

    connection.send(early(framing) + part);
    await connection.read();
    const others = await Promise.all(Array.from({ length: 5 }, () => gateway.get("/other")));
    connection.close();

    await waitFor(() => gateway.lines.length === 6, "a line is missing", 10_000);
    expect(others.map(({ status }) => status)).toEqual(others.map(() => 200));
    const paths = origin.heads.map((head) => head.split(" ", 2)[1]);
    expect(paths.filter((path) => path === "/other")).toHaveLength(5);
    expect(paths).not.toContain("/smuggled");
  });
});

test("a client that pauses in its body, and goes on after its answer, sends no second request by that", async () => {
  await using origin = await startOrigin((socket) => socket.write(ok()));
  await using gateway = await startGatewayOn({
    zones: [{ hosts: ["*"], origins: [origin.url] }],
    timeouts: { bodyIdleMs: 200, responseMs: 200 },
  });
  const connection = gateway.connect();

  connection.send(early("Content-Length: 35"));
  await gateway.line();
  connection.send("GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");

  await waitFor(() => connection.socket.closed, "the connection is still open", 10_000);
  expect(gateway.lines.map(({ path }) => path)).toEqual(["/early"]);
  expect(origin.heads.filter((head) => head.includes("/smuggled"))).toEqual([]);
});
