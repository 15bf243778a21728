// The attack: one connection sends thousands of requests without waiting for an answer. Over HTTP/2 a server says how many streams
// it takes at a time; over HTTP/1.1 nothing does, and a gateway that begins with each of them when it has read it lets one client
// have all of an origin's connections, and fill its memory with requests whose turn will not come for long.
//
// Seen: wherever pipelining is taken literally; RFC 9112 §9.3.2 lets a server close after any response, and has the client repeat
// the rest. In Edgecase 60 KB of requests took all 1024 connections to an origin, and all places in the queue for one.

import type { Socket } from "node:net";

import { expect, test } from "vitest";

import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { statusesIn } from "../helpers/provoke.ts";

/** As many as HTTP/2 has streams. */
const most = 128;
const longMs = 15_000;
const patient = { connectMs: 60_000, responseMs: 60_000 };

const asking = (path: number): string => `GET /${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`;

test("no more of it is begun than HTTP/2 has streams, others are served, and the rest is for the client to repeat", async () => {
  const waiting: Socket[] = [];
  await using origin = await startOrigin((socket, head) => {
    if (head.startsWith("GET /flood")) waiting.push(socket);
    else socket.write(ok());
  });
  await using gateway = await startGatewayOn({
    zones: [{ hosts: ["*"], origins: [origin.url], limits: { originConnections: 200 } }],
    timeouts: patient,
  });
  const connection = gateway.connect();
  let received = "";
  connection.socket.on("data", (bytes) => {
    received += bytes.toString("latin1");
  });

  connection.send("GET /flood HTTP/1.1\r\nHost: a.test\r\n\r\n".repeat(5_000));
  await waitFor(() => waiting.length === most, "the requests did not arrive", longMs);
  const others = await Promise.all(Array.from({ length: 20 }, () => gateway.get("/other")));
  connection.send("GET /flood HTTP/1.1\r\nHost: a.test\r\n\r\n".repeat(5_000));
  const begun = waiting.length;
  for (const socket of waiting) socket.write(ok());

  await waitFor(() => connection.socket.closed, "the connection is still open", longMs);
  expect(others.map(({ status }) => status)).toEqual(others.map(() => 200));
  expect(begun).toBe(most);
  // Whoever goes on sending may lose the last answers to the reset that this brings.
  expect(statusesIn(received).length).toBeLessThanOrEqual(most);
  await waitFor(() => gateway.lines.length === most + 20, "not every line is there");
});

test("as many as that are all answered, in their order, and the connection goes on", async () => {
  await using origin = await startOrigin((socket, head) => socket.write(ok(head.split(" ", 2)[1])));
  await using gateway = await startGatewayOn({
    zones: [{ hosts: ["*"], origins: [origin.url] }],
    timeouts: patient,
  });
  const connection = gateway.connect();
  const paths = Array.from({ length: most }, (_, index) => index);
  connection.send(paths.map(asking).join(""));
  const bodies: string[] = [];
  while (bodies.length < most) bodies.push((await connection.read()).body.toString());
  connection.send(asking(most));
  const next = await connection.read();

  connection.close();
  expect(bodies).toEqual(paths.map((path) => `/${path}`));
  expect(next.body.toString()).toBe(`/${most}`);
});

test("the content of a response whose turn has not come waits at its origin, not in memory", async () => {
  const piece = Buffer.alloc(65_536, "x");
  let sent = 0;
  await using origin = await startOrigin((socket, head) => {
    if (head.startsWith("GET /never")) return;
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    const pump = (): void => {
      do sent += piece.length;
      while (sent < most * 1024 ** 2 && socket.write(piece));
    };
    socket.on("drain", pump);
    pump();
  });
  await using gateway = await startGatewayOn({
    zones: [{ hosts: ["*"], origins: [origin.url] }],
    timeouts: { ...patient, bodyIdleMs: 60_000 },
  });
  const connection = gateway.connect();

  connection.send(
    "GET /never HTTP/1.1\r\nHost: a.test\r\n\r\nGET /large HTTP/1.1\r\nHost: a.test\r\n\r\n",
  );

  let before = 0;
  let same = 0;
  await waitFor(
    () => {
      same = sent > 0 && sent === before ? same + 1 : 0;
      before = sent;
      return same > 20;
    },
    "the origin was not stopped",
    longMs,
  );
  connection.close();
  expect(sent).toBeLessThan(20 * 1024 ** 2);
});
