// The attack: chunked content whose chunks end elsewhere for the next server: a size with something about it, an extension that is
// taken to the end of the line by one and to the next LF by another, a line end that is no CRLF, data that is longer than its size.
//
// Seen: CVE-2021-22960 (llhttp, extensions), CVE-2024-22019 (Node, extensions without end); Jeppe Bonde Weikop, "Funky chunks", 2025.

import { expect, test } from "vitest";

import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { chunkedInner, inner, testRefusals } from "../helpers/smuggling.ts";

const chunked = "Transfer-Encoding: chunked";
const hidden = `2;\nxx\r\n${chunkedInner}`;

testRefusals("chunks that end elsewhere", [
  ["a size with a minus", chunked, `-1\r\n${inner}`],
  ["a size with a plus", chunked, `+0\r\n\r\n${inner}`],
  ["a size with 0x", chunked, `0x0\r\n\r\n${inner}`],
  ["a size with an underscore", chunked, `0_0\r\n\r\n${inner}`],
  ["a size with a space before it", chunked, ` 0\r\n\r\n${inner}`],
  ["a size with a space behind it", chunked, `0 \r\n\r\n${inner}`],
  ["a size with a tab behind it", chunked, `0\t\r\n\r\n${inner}`],
  ["a size with a NUL behind it", chunked, `0\0\r\n\r\n${inner}`],
  ["a size of nothing", chunked, `\r\n\r\n${inner}`],
  ["a size that overflows", chunked, `10000000000000000\r\n${inner}`],
  ["a size that ends in LF alone", chunked, `0\n\n${inner}`],
  ["a size that ends in CR alone", chunked, `0\r\r\n${inner}`],
  ["the last line ended by LF alone", chunked, `0\r\n\n${inner}`],
  ["data longer than its size", chunked, `1\r\nxx\r\n${chunkedInner}`],
  ["data shorter than its size", chunked, `3\r\nxx\r\n${chunkedInner}`],
  ["data ended by LF alone", chunked, `2\r\nxx\n${chunkedInner}`],
  ["data ended by CR and anything", chunked, `2\r\nxx\rx${chunkedInner}`],
  ["data ended by anything of two bytes", chunked, `2\r\nxxyz${chunkedInner}`],
  ["an extension ended by LF alone", chunked, hidden],
  ["an extension with a CR in it", chunked, `2;a\rb\r\nxx\r\n${chunkedInner}`],
  ["an extension with a line end in quotes", chunked, `2;a="\r\nxx\r\n${chunkedInner}`],
  ["an extension without end", chunked, `2;${"a".repeat(20_000)}`],
  ["trailers with a length", chunked, `0\r\nContent-Length: 5\r\n\r\nhello`],
  ["trailers with a coding", chunked, `0\r\nTransfer-Encoding: chunked\r\n\r\n${chunkedInner}`],
  ["a trailer with a space before its colon", chunked, `0\r\nX : y\r\n\r\n${inner}`],
  ["a folded trailer", chunked, `0\r\nX: y\r\n z\r\n\r\n${inner}`],
]); // prettier-ignore

test("extensions, zeros before a size and trailers do not reach an origin: its chunks are the edge's own", async () => {
  let received = "";
  await using origin = await startOrigin((socket, head) => {
    received = head;
    socket.on("data", (bytes) => {
      received += bytes.toString("latin1");
      if (received.endsWith("0\r\n\r\n")) socket.write(ok());
    });
  });
  await using gateway = await startGatewayOn({ zones: [{ hosts: ["*"], origins: [origin.url] }] });
  const connection = gateway.connect();

  connection.send(`POST / HTTP/1.1\r\nHost: a\r\n${chunked}\r\n\r\n00000002;ext="a;b"\r\nhi\r\n`);
  await waitFor(() => origin.heads.length === 1, "the head did not arrive", 10_000);
  connection.send("2\r\nho\r\n000;last\r\nX-Trailer: y\r\n\r\n");
  const response = await connection.read();

  connection.close();
  expect(response.status).toBe(200);
  expect(received).not.toMatch(/ext|last|trailer|0000/i);
  expect(received.endsWith("2\r\nho\r\n0\r\n\r\n")).toBe(true);
});
