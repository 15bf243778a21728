// The attack: whatever a client says and a server repeats in a field of its answer, or of its request to the origin, might hold the end
// of that field, and a field or a whole answer of the attacker's behind it.
//
// Seen: Amit Klein, "Divide and Conquer: HTTP Response Splitting", 2004 (CWE-113). What of a client's is repeated: host and path in
// the redirect of a zone without HTTPS, in pages and in traces; its address and its lists in the fields for the origin.

import { connect } from "node:tls";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";
import { RawHttp2 } from "../helpers/raw-http2.ts";
import { makeSecureListener } from "../helpers/secure-listener.ts";

let origin: TestOrigin;
let gateway: TestGateway;

beforeAll(async () => {
  const secure = await makeSecureListener("shop.test");
  origin = await startOrigin((socket) => socket.write(ok()));
  gateway = await startGatewayOn({
    listen: secure.listen,
    trustedProxies: ["127.0.0.0/8"],
    zones: [
      { hosts: ["shop.test"], origins: [origin.url] },
      { hosts: ["down.test"], origins: ["http://127.0.0.1:9"] },
      { hosts: ["*"], origins: [origin.url], ssl: "off" },
    ],
  });
  secure.remove();
});
afterAll(async () => {
  await gateway.close();
  await origin[Symbol.asyncDispose]();
});

/** What each way to write a line end would have to bring about, had it worked. */
const ends = [
  "\r\n",
  "\n",
  "\r",
  "%0d%0a",
  "%0a",
  "\xc4\x8a", // U+010A in UTF-8: whoever keeps the low byte of each character has LF.
  "\x85",
  "\x0b",
  "\\r\\n",
  "\0",
];
const injected = (end: string): string => `${end}Set-Cookie: injected=1${end}${end}<html>`;

/** Sends a head over TLS as it is; resolves with all that came. */
async function overTls(head: string): Promise<string> {
  const socket = connect({ port: gateway.securePort, rejectUnauthorized: false });
  let received = "";
  socket.on("error", () => {});
  socket.on("data", (bytes) => {
    received += bytes.toString("latin1");
  });
  socket.write(Buffer.from(`${head}\r\nConnection: close\r\n\r\n`, "latin1"));
  await waitFor(() => socket.closed, "no answer", 10_000);
  return received;
}

/** Names of the fields of each answer in what came, one head after the other. */
const namesIn = (received: string): string[] =>
  [...received.matchAll(/^([\w-]+): /gm)].map(([, name = ""]) => name.toLowerCase());

describe.each(ends.map((end) => [JSON.stringify(end), end] as const))("%s", (_name, end) => {
  test.each([
    ["the path of a redirect", `GET /a${injected(end)} HTTP/1.1\r\nHost: off.test`],
    ["the query of a redirect", `GET /?a=${injected(end)} HTTP/1.1\r\nHost: off.test`],
    ["the host of a redirect", `GET / HTTP/1.1\r\nHost: off.test${injected(end)}`],
    ["the host of an absolute target", `GET http://off.test${injected(end)}/ HTTP/1.1\r\nHost: a`],
  ])("in %s adds no field and no answer", async (_place, head) => {
    const received = await overTls(head);

    expect(received.match(/^HTTP\/1\.1 /gm) ?? []).toHaveLength(1);
    const [first = ""] = received.split("\r\n\r\n", 1);
    expect(namesIn(first)).not.toContain("set-cookie");
    expect(first).not.toMatch(/\r(?!\n)|(?<!\r)\n|\0/);
  });

  test.each(["User-Agent", "X-Forwarded-For", "X-Forwarded-Proto", "CDN-Loop", "Cookie", "Accept"])(
    "in %s adds no field to the origin's request",
    async (name) => {
      const heads = origin.heads.length;
      const connection = gateway.connect();

      connection.send(
        Buffer.from(
          `GET / HTTP/1.1\r\nHost: shop.test\r\n${name}: a${end}X-Injected: 1\r\n\r\n`,
          "latin1",
        ),
      );
      const response = await connection.read();

      connection.close();
      // Two fields are two fields: that is no injection.
      const wanted = end === "\r\n" ? 1 : 0;
      const [head = ""] = origin.heads.slice(heads);
      expect([200, 400]).toContain(response.status);
      expect(head.match(/^X-Injected:/gim) ?? []).toHaveLength(wanted);
      expect(head).not.toMatch(/\r(?!\n)|(?<!\r)\n|\0/);
    },
  );

  test("in the path of an error page and of the trace stays text", async () => {
    const page = await overTls(`GET /a${injected(end)} HTTP/1.1\r\nHost: down.test`);
    const trace = await overTls(
      `GET /cdn-cgi/trace HTTP/1.1\r\nHost: down.test\r\nUser-Agent: a${end}ip=6.6.6.6`,
    );

    expect(namesIn(page.split("\r\n\r\n", 1)[0] ?? "")).not.toContain("set-cookie");
    if (end !== "\r\n") expect(trace).not.toMatch(/^ip=6\.6\.6\.6$/m);
  });

  test("in the fields of HTTP/2 goes nowhere", async () => {
    const heads = origin.heads.length;
    const client = new RawHttp2(gateway.securePort);

    client.request(1, [
      ["user-agent", `a${end}X-Injected: 1`],
      ["x-forwarded-for", `1.1.1.1${end}X-Injected: 1`],
    ]);
    client.request(3, [
      [":path", `/a${injected(end)}`],
      [":authority", "off.test"],
    ]);
    await Promise.all([client.ended(1), client.ended(3)]);

    client.close();
    expect(origin.heads.slice(heads).join("\r\n")).not.toMatch(/^X-Injected:/im);
    const sent = client.frames.map(({ payload }) => payload.toString("latin1")).join("");
    expect(sent).not.toMatch(/[\r\n]set-cookie/i);
  });
});
