// The head that is written quickly is the one that node:http would write, byte for byte.

import { once } from "node:events";
import { createServer, type IncomingMessage, ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";

import { describe, expect, test } from "vitest";

import { Http1Response } from "../../src/listen/http1-response.ts";

interface Case {
  readonly request?: string;
  readonly status?: number;
  readonly reason?: string;
  readonly fields: readonly string[];
  readonly content?: string;
}

/** The whole answer to a request, the date left out, from a server with responses of this class. */
async function answer(
  responseClass: typeof ServerResponse<IncomingMessage>,
  { request = "GET / HTTP/1.1", status = 200, reason = "OK", fields, content = "" }: Case,
): Promise<string> {
  const server = createServer({ ServerResponse: responseClass, keepAliveTimeout: 72_000 });
  server.on("request", (_req, res) => {
    try {
      if (res instanceof Http1Response) res.sendHead(status, reason, fields);
      else res.writeHead(status, reason, [...fields]);
      if (content !== "") res.write(Buffer.from(content, "latin1"));
      res.end();
    } catch (error) {
      res.socket?.end(`threw ${(error as { code?: string }).code ?? ""}`);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  // A second request tells that the first has been answered whole.
  client.write(`${request}\r\nHost: x\r\n\r\nGET / HTTP/1.0\r\nHost: x\r\n\r\n`);
  let text = "";
  client.on("data", (bytes: Buffer) => {
    text += bytes.toString("latin1");
  });
  await once(client, "close");
  server.close();
  return text.replaceAll(/Date: .* GMT/g, "Date: now");
}

describe("a head over HTTP/1.1 is node:http's own", () => {
  test.each<[string, Case]>([
    ["with a length", { fields: ["Content-Length", "5", "X-Y", "z"], content: "hello" }],
    [
      "with bytes that are no ASCII",
      { fields: ["content-length", "2", "x", "é"], content: "é\xff" },
    ],
    ["with a long content", { fields: ["content-length", "50000"], content: "x".repeat(50_000) }],
    [
      "with fields twice",
      { fields: ["set-cookie", "a", "set-cookie", "b", "content-length", "0"] },
    ],
    ["with its own date", { fields: ["Date", "today", "content-length", "0"] }],
    ["in chunks", { fields: ["x", "y"], content: "hello" }],
    ["that closes", { fields: ["connection", "close", "content-length", "0"] }],
    ["with keep-alive", { fields: ["keep-alive", "timeout=1", "content-length", "0"] }],
    ["of a 204", { status: 204, reason: "No Content", fields: ["x", "y"] }],
    ["of a 304 with a length", { status: 304, reason: "", fields: ["content-length", "7"] }],
    ["to HEAD", { request: "HEAD / HTTP/1.1", fields: ["content-length", "7"] }],
    ["to HEAD without a length", { request: "HEAD / HTTP/1.1", fields: ["x", "y"] }],
    ["to HTTP/1.0", { request: "GET / HTTP/1.0", fields: ["content-length", "2"], content: "ab" }],
    ["with another phrase", { status: 404, reason: "N\xf6", fields: ["content-length", "0"] }],
    ["with a name that is none", { fields: ["a b", "c", "content-length", "0"] }],
    ["with an empty name", { fields: ["", "c", "content-length", "0"] }],
    ["with a line end in a value", { fields: ["a", "b\r\nc: d", "content-length", "0"] }],
    ["with NUL in a value", { fields: ["a", "\0", "content-length", "0"] }],
    ["with a line end in the phrase", { reason: "a\r\nb", fields: ["content-length", "0"] }],
    ["with a status that is none", { status: 99, fields: ["content-length", "0"] }],
  ])("%s", async (_what, one) => {
    const ours = await answer(Http1Response, one);

    expect(ours).toBe(await answer(ServerResponse, one));
    expect(ours).not.toBe("");
  });
});
