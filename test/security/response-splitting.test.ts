// The attack: an origin puts the end of a field, or of the whole head, where the gateway copies bytes into the head of its own answer: a
// reason phrase, a value, the Link of a 103, a trailer, the protocol of a 101. What the client's cache takes for a second response was
// never asked for.
//
// Seen: Amit Klein, 2004; CVE-2016-2216 (Node, characters whose low byte is a line end). Over HTTP/1.1 the parser stands before most of
// it, over HTTP/2 any byte can be sent.

import { createServer, type AddressInfo, type Socket } from "node:net";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { data, flags, headers, settings, types } from "../../fixtures/http2-frames.ts";
import { startGatewayOn, type TestGateway } from "../helpers/gateway.ts";
import { provoke } from "../helpers/provoke.ts";

/** What the origin says to every request, byte for byte; over HTTP/2, on the request's stream. */
let answer = (_stream: number): Buffer => Buffer.alloc(0);
let isHttp2 = false;
const open = new Set<Socket>();
const server = createServer((socket) => {
  open.add(socket);
  socket.on("error", () => {});
  socket.on("close", () => open.delete(socket));
  if (isHttp2) socket.write(settings());
  const isFrames = isHttp2;
  socket.on("data", (bytes) => {
    for (const stream of isFrames ? streamsIn(bytes) : [0]) socket.write(answer(stream));
  });
});
let gateway: TestGateway;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  gateway = await startGatewayOn({
    zones: [
      { hosts: ["one.test"], origins: [url] },
      { hosts: ["two.test"], origins: [url], h2c: true },
    ],
  });
});
afterAll(async () => {
  await gateway.close();
  for (const socket of open) socket.destroy();
  server.close();
});

/** Streams of the HEADERS frames in what came at once: the preface, whole frames, or both. */
function streamsIn(bytes: Buffer): number[] {
  const streams = [];
  let at = bytes.toString("latin1").startsWith("PRI ") ? 24 : 0;
  for (; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3))
    if (bytes[at + 3] === types.headers) streams.push(bytes.readUInt32BE(at + 5));
  return streams;
}

const injection = (end: string): string => `a${end}Set-Cookie: injected=1`;
const lineEnds = ["\r\n", "\n", "\r", "\0", "\r\n\r\nHTTP/1.1 200 OK\r\n", "\x85", "\xc4\x8a"];

/** What may not be in what a client received: a field or a head that the origin did not send as one. */
function faultsOf(received: string): string[] {
  const [head = "", ...rest] = received.split("\r\n\r\n");
  const interim = head.startsWith("HTTP/1.1 103") ? (rest[0] ?? "") : "";
  return [
    ...(/^set-cookie: injected/im.test(head + interim) ? ["an injected field"] : []),
    ...(/\r(?!\n)|(?<!\r)\n|\0/.test(head + interim) ? ["a line end by itself"] : []),
  ];
}

const asking = (host: string, more = ""): string =>
  `GET / HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`;

describe.each(lineEnds.map((end) => [JSON.stringify(end), end] as const))("%s", (_name, end) => {
  const bad = injection(end);

  test.each([
    ["the reason phrase", `HTTP/1.1 200 ${bad}\r\nContent-Length: 2\r\n\r\nhi`],
    [
      "a trailer",
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX: ${bad}\r\n\r\n`,
    ],
    [
      "Link of a 103",
      `HTTP/1.1 103 Early Hints\r\nLink: ${bad}\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi`,
    ],
  ])("in %s of HTTP/1.1 ends nothing but what it ends there", async (_place, bytes) => {
    isHttp2 = false;
    answer = () => Buffer.from(bytes, "latin1");

    const { received, statuses } = await provoke(
      gateway.port,
      asking("one.test", "Connection: close\r\n"),
    );

    // CRLF in a head is the end of a field: then the origin did send two, and that is its right.
    const faults = faultsOf(received).filter(
      (fault) => !end.startsWith("\r\n") || fault !== "an injected field",
    );
    expect(faults).toEqual([]);
    expect(statuses.length).toBeLessThan(3);
  });

  test.each([
    [
      "a value",
      [
        [":status", "200"],
        ["x", bad],
      ],
    ],
    [
      "a name",
      [
        [":status", "200"],
        [`x: ${bad}\r\ny`, "z"],
      ],
    ],
    [
      "Set-Cookie",
      [
        [":status", "200"],
        ["set-cookie", bad],
      ],
    ],
    [
      "Location",
      [
        [":status", "302"],
        ["location", `/${bad}`],
      ],
    ],
    [
      "Content-Type",
      [
        [":status", "200"],
        ["content-type", bad],
      ],
    ],
  ] as const)("in %s of HTTP/2 ends nothing", async (_place, fields) => {
    isHttp2 = true;
    answer = (stream) =>
      Buffer.concat([headers(stream, fields), data(stream, "hi", flags.endStream)]);

    const { received } = await provoke(gateway.port, asking("two.test", "Connection: close\r\n"));

    // The answer as it is, without the field perhaps, or an error that says what is wrong with it: no deadline passed.
    expect(received).toMatch(/^HTTP\/1\.1 (?:200|302|520) /);
    expect(faultsOf(received)).toEqual([]);
  });

  test.each([
    [
      "Link of a 103",
      (stream: number) => [
        headers(stream, [
          [":status", "103"],
          ["link", bad],
        ]),
        headers(stream, [[":status", "200"]]),
        data(stream, "hi", flags.endStream),
      ],
    ],
    [
      "a trailer",
      (stream: number) => [
        headers(stream, [[":status", "200"]]),
        data(stream, "hi"),
        headers(stream, [["x", bad]], flags.endStream),
      ],
    ],
  ])("in %s of HTTP/2 ends nothing", async (_place, frames) => {
    isHttp2 = true;
    answer = (stream) => Buffer.concat(frames(stream));

    const { received } = await provoke(gateway.port, asking("two.test", "Connection: close\r\n"));

    expect(received).toMatch(/^HTTP\/1\.1 (?:103|200|520) /);
    expect(faultsOf(received)).toEqual([]);
    expect(received).not.toMatch(/^set-cookie: injected/im);
  });
});

test.each(["chat\r\nSet-Cookie: injected=1", "chat\nX: y", "chat\0", "chat, other", " chat\t"])(
  "a 101 to %j switches to nothing that was not asked for",
  async (protocol) => {
    isHttp2 = false;
    const bytes = Buffer.from(
      `HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`,
      "latin1",
    );
    answer = () => bytes;
    const connection = gateway.connect();

    connection.send(asking("one.test", "Connection: Upgrade\r\nUpgrade: chat\r\n"));
    await new Promise<void>((resolve) => {
      connection.socket.once("data", (piece) => {
        const received = piece.toString("latin1");
        expect(received.startsWith("HTTP/1.1 101") ? received : "").toMatch(
          /^(?:HTTP\/1\.1 101 .*\r\nConnection: Upgrade\r\nUpgrade: chat\r\n[^\0]*)?$/s,
        );
        resolve();
      });
    });

    connection.close();
  },
);
