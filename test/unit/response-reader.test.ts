// The reader of HTTP/1.1 responses by itself: what it says of some bytes, however they are cut, and whether Node's parser agrees.

import { expect, test } from "vitest";

import { piecesOf } from "../../bench/fuzz/plan.ts";
import { startReaderScenario } from "../../bench/fuzz/reader-scenario.ts";
import { storm } from "../../bench/fuzz/scenario.ts";
import { sectionLimit as limit, type Story, storyOf } from "../../bench/fuzz/story.ts";

function read(bytes: string, cuts: readonly number[] = [], isHeadOnly = false): Story {
  return storyOf(piecesOf(Buffer.from(bytes, "latin1"), cuts), isHeadOnly);
}

test("reads a head, its fields as they are and without the blanks around their values", () => {
  const { heads, ending } = read(
    "HTTP/1.1 200 All right\r\nA: b\r\na:\tc \t\r\nEmpty:\r\nContent-Length: 0\r\n\r\n",
  );
  expect(ending).toBe("complete");
  expect(heads).toEqual([
    expect.objectContaining({
      status: 200,
      reason: "All right",
      minorVersion: 1,
      fields: ["A", "b", "a", "c", "Empty", "", "Content-Length", "0"],
      contentLength: 0,
      isKept: true,
      switches: false,
    }),
  ]);
});

test.each([
  ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"],
  ["HTTP/1.1 200 OK\r\nContent-Length: 005\r\ncontent-length: 005\r\n\r\nhello", "hello"],
  ["HTTP/1.1 200\r\nTransfer-Encoding: Chunked\r\n\r\n5;a=\"b c\";d\r\nhello\r\n00\r\n\r\n", "hello"],
  ["\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", ""],
  ["HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", ""],
  ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""],
])("takes %j", (bytes, content) => {
  expect(read(bytes)).toMatchObject({ ending: "complete", content, isClean: true });
}); // prettier-ignore

test.each([
  ["BAD_STATUS", "HTTP/1.2 200 OK\r\n\r\n"],
  ["BAD_STATUS", "http/1.1 200 OK\r\n\r\n"],
  ["BAD_STATUS", "HTTP/1.1  200 OK\r\n\r\n"],
  ["BAD_STATUS", "HTTP/1.1 2000 OK\r\n\r\n"],
  ["BAD_STATUS", "SSH-2.0-x"],
  ["BAD_FIELD", "HTTP/1.1 200 OK\nA: b\r\n\r\n"],
  ["BAD_FIELD", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n"],
  ["BAD_FIELD", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n"],
  ["BAD_FIELD", "HTTP/1.1 200 OK\r\nA: b\0c"],
  ["BAD_FIELD", "HTTP/1.1 200 OK\r\n: b\r\n\r\n"],
  ["BAD_FRAMING", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"],
  ["BAD_FRAMING", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n"],
  ["BAD_FRAMING", "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n"],
  ["BAD_FRAMING", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"],
  ["BAD_CHUNK", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5 \r\nhello"],
  ["BAD_CHUNK", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz"],
  ["BAD_CHUNK", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello"],
  ["BAD_CHUNK", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX"],
  ["BAD_CHUNK", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 1\r\n\r\n"],
  ["BAD_CHUNK", `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;${"a".repeat(300_000)}`],
  ["HEADER_OVERFLOW", `HTTP/1.1 200 OK\r\nA: ${"b".repeat(limit)}`],
  ["HEADER_OVERFLOW", `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: ${"b".repeat(limit)}`],
  ["HEADER_OVERFLOW", "HTTP/1.1 102 Wait\r\n\r\n".repeat(limit / 8)],
])("refuses as %s (case %#)", (code, bytes) => {
  expect(read(bytes).ending).toBe(code);
}); // prettier-ignore

test("an answer to HEAD is over with its head, whatever length it has, and what follows is not clean", () => {
  const bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  expect(read(bytes, [], true)).toMatchObject({ ending: "complete", isClean: true });
  expect(read(`${bytes}hello`, [], true)).toMatchObject({ ending: "complete", isClean: false });
});

test.each([
  ["BAD_FIELD", "a field is wrong, and then too long", `HTTP/1.1 200 OK\r\nA: ${"b".repeat(6_000)}\0${"b".repeat(limit)}\r\n\r\n`],
  ["HEADER_OVERFLOW", "a field is too long, and then wrong", `HTTP/1.1 200 OK\r\nA: ${"b".repeat(limit)}\0\r\n\r\n`],
  ["HEADER_OVERFLOW", "the status line is too long", `HTTP/1.1 200 ${"a".repeat(limit)}\r\n\r\n`],
  ["HEADER_OVERFLOW", "too much comes before the head", `${"\r\n".repeat(limit)}HTTP/1.1 204 No\r\n\r\n`],
  ["HEADER_OVERFLOW", "trailers are too long, and then wrong", `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: ${"b".repeat(limit)}\0\r\n\r\n`],
  ["complete", "the fields are as long as they may be", `HTTP/1.1 204 No\r\nA: ${"b".repeat(limit - 5)}\r\n\r\n`],
])("says %s where %s, in one piece and in two", (code, _where, bytes) => {
  const endings = [0, 0.5, 1 - 3 / bytes.length, 1 - 1 / bytes.length].map((cut) => read(bytes, [cut]).ending);
  expect(endings).toEqual([code, code, code, code]);
}); // prettier-ignore

test(
  "says the same of the same bytes, however they are cut, and what RFC 9112 and Node's parser say",
  { timeout: 60_000 },
  async () => {
    await using scenario = startReaderScenario();
    expect(await storm(scenario, { runs: 3_000, seed: 1 })).toBeNull();
  },
);
