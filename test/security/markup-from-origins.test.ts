// The attack: an origin answers with markup, line ends or terminal escapes where a verbose page shows what it said: what it speaks
// instead of HTTP, its status line, a field that is none. They are to become script in the page, a field in the head, a line in the log.
//
// Seen: XSS in the error pages of proxies (CWE-79), log forging (CWE-117).

import { createServer } from "node:net";

import { describe, expect, test } from "vitest";

import {
  atOnce,
  type Behaviour,
  faultsInEveryForm,
  hostile,
  nothingWrong,
  printable,
  startBefore,
} from "../helpers/shown-bytes.ts";

const onRequest =
  (bytes: string): Behaviour =>
  (socket) =>
    void socket.once("data", () => socket.end(Buffer.from(bytes, "latin1")));

/** Where on an answer the bytes stand. */
const answers: Readonly<Record<string, Behaviour>> = {
  "a greeting": atOnce(`${hostile}\r\n${hostile}\r\n`),
  "no head at all": onRequest(`${hostile}\r\n\r\n${hostile}`),
  "a mail server's greeting": atOnce(`220 ${hostile}\r\nSet-Cookie: injected=1\r\n\r\n`),
  "the version": onRequest(`HTTP/${hostile} 200 OK\r\n\r\n`),
  "the status": onRequest(`HTTP/1.1 ${hostile} OK\r\n\r\n`),
  "the reason phrase of a status that is none": onRequest(`HTTP/1.1 999 ${printable}\r\n\r\n`),
  "a field without a colon": onRequest(`HTTP/1.1 200 OK\r\n${hostile}\r\n\r\n`),
  "a field's name": onRequest(`HTTP/1.1 200 OK\r\n${hostile}: a\r\n\r\n`),
  "the transfer coding": onRequest(`HTTP/1.1 200 OK\r\nTransfer-Encoding: ${printable}\r\n\r\n`),
  "the content length": onRequest(`HTTP/1.1 200 OK\r\nContent-Length: ${printable}\r\n\r\n`),
  "an upgrade": onRequest(
    `HTTP/1.1 101 ${printable}\r\nUpgrade: ${printable}\r\nConnection: Upgrade\r\n\r\n`,
  ),
};

describe("hostile bytes of an origin", () => {
  test.each(Object.keys(answers))(
    "in %s stay text in every form, and in the log",
    async (place) => {
      await using started = await startBefore(createServer(answers[place]), "http");

      const seen = await faultsInEveryForm(started.gateway);

      expect(seen).toEqual(nothingWrong);
    },
  );

  test("on a TLS port stay text", async () => {
    await using started = await startBefore(createServer(atOnce(hostile)), "https");

    const seen = await faultsInEveryForm(started.gateway);

    expect(seen).toEqual(nothingWrong);
  });

  test.each([
    [
      "the transfer coding",
      onRequest(`HTTP/1.1 200 OK\r\nTransfer-Encoding: ${"x".repeat(100_000)}\r\n\r\n`),
    ],
    ["a greeting", atOnce("x".repeat(1_000_000))],
  ])("are shown in part where they are many: %s", async (_name, behaviour) => {
    await using started = await startBefore(createServer(behaviour), "http");

    const response = await started.gateway.get("/", [["Accept", "text/html"]]);

    expect(response.status).toBe(520);
    expect(response.body.length).toBeLessThan(20_000);
    expect(JSON.stringify(await started.gateway.line()).length).toBeLessThan(5_000);
  });
});
