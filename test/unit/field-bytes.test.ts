import { once } from "node:events";
import { connect, createServer } from "node:http2";
import type { AddressInfo } from "node:net";

import { expect, test } from "vitest";

import { identify } from "../../src/identify/identify.ts";
import { overLimit } from "../../src/identify/limits.ts";
import { Http2Response } from "../../src/listen/http2-response.ts";
import { contextWithoutSocket } from "../helpers/unprovoked.ts";

const limits = {
  responseHeaderBytes: 1,
  requestHeaderBytes: 1_000,
  urlBytes: 100,
  bodyBytes: 100,
  bufferBytes: 1,
  replayBytes: 1,
  originConnections: 1,
  originQueue: 1,
};

test("a header section over HTTP/2 is counted as RFC 9113 §6.5.2 has it, pseudo-fields and all", async () => {
  let fieldBytes = 0;
  const server = createServer({ Http2ServerResponse: Http2Response }, (req, res) => {
    ({ fieldBytes } = identify(req, res, "0123456789abcdef-DEV", []));
    res.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client = connect(`http://127.0.0.1:${port}`);
  const fields = {
    ":method": "GET",
    ":scheme": "http",
    ":authority": "a.test",
    ":path": "/path",
    "x-large": "v".repeat(500),
  };

  const stream = client.request(fields);
  stream.resume();
  await once(stream, "close");
  client.close();
  server.close();

  const expected = Object.entries(fields).reduce(
    (sum, [name, value]) => sum + name.length + value.length + 32,
    0,
  );
  expect(fieldBytes).toBe(expected);
});

test.each([
  [{ target: "/".padEnd(101, "a") }, "uri_too_long"],
  [{ target: "/".padEnd(100, "a") }, undefined],
  [{ fieldBytes: 1_001 }, "header_section_too_large"],
  [{ fieldBytes: 1_000 }, undefined],
])("a head with %o is beyond its limit: %s", (facts, reason) => {
  const context = Object.assign(contextWithoutSocket(), facts);

  const failure = overLimit(context, limits);

  expect(failure?.reason).toBe(reason);
});
