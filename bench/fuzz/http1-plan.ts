// Responses of HTTP/1.1: valid ones, and then damaged, in their structure and byte by byte.

import * as fc from "fast-check";

import { damaged, damagesOf, type Delivery, delivery, placeholder } from "./plan.ts";

/** What an origin of HTTP/1.1 does with one request. */
export interface Http1Plan extends Delivery {
  /** Latin-1, with the placeholder for the marker. */
  readonly text: string;
  /** It is as it should be. */
  readonly isGood: boolean;
}

type Field = readonly [name: string, value: string];

/** A response as its parts, before anything is done to it. */
interface Parts {
  readonly interim: string;
  readonly version: string;
  readonly status: string;
  readonly fields: readonly Field[];
  readonly framing: "length" | "chunks" | "close";
  readonly content: string;
  /** Bytes to a chunk. */
  readonly chunk: number;
  readonly extension: string;
  readonly trailers: string;
  /** Added to what is said of the length, of the content or of each chunk. */
  readonly lie: number;
  readonly hasLastChunk: boolean;
  /** What comes behind the end. */
  readonly behind: string;
}

const usual: Field = ["Content-Type", "text/plain"];
const fields = fc.uniqueArray(
  fc.constantFrom<Field>(
    ["Date", "Mon, 23 Nov 2026 00:32:07 GMT"],
    ["Set-Cookie", "a=1"],
    ["set-cookie", "b=2; Path=/"],
    ["ETag", '"a"'],
    ["Cache-Control", "no-store"],
    ["X-Empty", ""],
    ["X-Latin", "caf\xe9"],
    ["Connection", "keep-alive"],
    ["Keep-Alive", "timeout=5"],
    ["Link", "</a>; rel=next"],
    ["X-Marker", placeholder],
  ),
  { maxLength: 5 },
);

/** The request's marker, first and last, so that half of it is seen to be half. */
const content = fc
  .tuple(fc.nat({ max: 400 }), fc.constantFrom("x", "\r\n", "0\r\n\r\n", "HTTP/1.1 200 OK\r\n"))
  .map(
    ([length, filling]) => `${placeholder}${filling.repeat(length / filling.length)}${placeholder}`,
  );

const goodParts: fc.Arbitrary<Parts> = fc.record({
  interim: fc.constantFrom(
    "",
    "",
    "",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n",
    "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
  ),
  version: fc.constant("HTTP/1.1"),
  status: fc.constantFrom(
    "200 OK",
    "200 OK",
    "200",
    "404 Not Found",
    "500 Oops",
    "206 Partial Content",
  ),
  fields: fields.map((some) => [usual, ...some]),
  framing: fc.constantFrom("length" as const, "chunks" as const),
  content,
  chunk: fc.integer({ min: 1, max: 200 }),
  extension: fc.constantFrom("", "", ";a=b"),
  trailers: fc.constantFrom("", "", "X-Sum: 1\r\n"),
  lie: fc.constant(0),
  hasLastChunk: fc.constant(true),
  behind: fc.constant(""),
});

const oddFields = fc.constantFrom<Field>(
  ["Content-Length", "5"],
  ["Content-Length", "0"],
  ["Content-Length", "5, 5"],
  ["content-length", "+5"],
  ["Content-Length", "18446744073709551616"],
  ["Transfer-Encoding", "chunked"],
  ["Transfer-Encoding", "gzip, chunked"],
  ["Transfer-Encoding", "identity"],
  ["transfer-encoding ", "chunked"],
  ["Connection", "close"],
  ["Connection", "upgrade, X-Marker"],
  ["Upgrade", "websocket"],
  ["Content-Encoding", "gzip"],
  ["Content-Encoding", "br"],
  ["Trailer", "X-Sum"],
  ["", "nameless"],
  ["X Y", "a space in its name"],
  ["X-Nul", "a\0b"],
  ["X-Fold", "a\r\n b"],
  ["X-Long", "y".repeat(20_000)],
  ["HTTP/1.1 200 OK\r\nX", placeholder],
);

/** Another whole response, which nobody asked for: it is to be told by the same marker. */
const another = `HTTP/1.1 200 OK\r\nContent-Length: ${placeholder.length}\r\n\r\n${placeholder}`;

/** Each makes one thing of a response wrong. */
const faults: fc.Arbitrary<(parts: Parts) => Parts> = fc.oneof(
  oddFields.map((field) => (parts: Parts) => ({ ...parts, fields: [...parts.fields, field] })),
  oddFields.map((field) => (parts: Parts) => ({ ...parts, fields: [field, ...parts.fields] })),
  fc.constant((parts: Parts) => ({ ...parts, fields: [...parts.fields, ...parts.fields] })),
  fc.constant((parts: Parts) => ({ ...parts, fields: [] })),
  fc
    .constantFrom("HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "http/1.1", "HTTP/1.1 ", "ICY", "")
    .map((version) => (parts: Parts) => ({ ...parts, version })),
  fc
    .constantFrom("204 No Content", "304 Not Modified", "205 Reset", "000 X", "99 X", "600 X", "1000 X", "101 Switching", "100 Continue", "-200 X", "2OO OK", "")
    .map((status) => (parts: Parts) => ({ ...parts, status })),
  fc.integer({ min: -20, max: 20 }).map((lie) => (parts: Parts) => ({ ...parts, lie })),
  fc.constant((parts: Parts) => ({ ...parts, framing: "close" as const })),
  fc.constant((parts: Parts) => ({ ...parts, hasLastChunk: false })),
  fc
    .constantFrom(";a", ";a=\"\r\n\"", " ", ";\n", ";" + "e".repeat(20_000), "zz")
    .map((extension) => (parts: Parts) => ({ ...parts, extension })),
  fc
    .constantFrom("X-Bad\r\n", "Content-Length: 5\r\n", "X: y\r\n".repeat(3_000), " folded\r\n")
    .map((trailers) => (parts: Parts) => ({ ...parts, trailers })),
  fc
    .constantFrom("\r\n", "x", another, another + another, "HTTP/1.1 1", "HTTP/1.1 100 Continue\r\n\r\n")
    .map((behind) => (parts: Parts) => ({ ...parts, behind })),
  fc
    .integer({ min: 2, max: 4_000 })
    .map((count) => (parts: Parts) => ({ ...parts, interim: "HTTP/1.1 102 Wait\r\n\r\n".repeat(count) })),
  fc
    .constantFrom("\r\n", "\r\n\r\n\r\n", "\xef\xbb\xbf", "SSH-2.0-x\r\n", "HTTP/1.1 103\r\n", another)
    .map((interim) => (parts: Parts) => ({ ...parts, interim })),
); // prettier-ignore

const words = [
  "\r\n", "\n", "\r", "\0", ":", " ", "\t", "HTTP/1.1 200 OK\r\n", "\r\n\r\n", "Content-Length: 9\r\n",
  "0\r\n\r\n", "\xff", "zz", placeholder,
]; // prettier-ignore

/** A response as it should be. */
const good: fc.Arbitrary<Http1Plan> = fc
  .tuple(goodParts, delivery)
  .map(([parts, sent]) => ({ ...sent, ending: "stays", text: render(parts), isGood: true }));

/** One that is not. */
const bad: fc.Arbitrary<Http1Plan> = fc
  .tuple(goodParts, fc.array(faults, { maxLength: 2 }), damagesOf(words), delivery)
  .map(([parts, wrong, damages, sent]) => ({
    ...sent,
    text: damaged(render(wrong.reduce((sofar, fault) => fault(sofar), parts)), damages),
    isGood: false,
  }));

/** Some responses at the same time, good ones among the bad. */
export const http1Plans: fc.Arbitrary<Http1Plan[]> = fc.array(
  fc.oneof({ weight: 3, arbitrary: bad }, { weight: 1, arbitrary: good }),
  { minLength: 1, maxLength: 6 },
);

function render(parts: Parts): string {
  const { interim, version, status, fields: some, framing, behind } = parts;
  const lines = [`${version} ${status}`, ...some.map(([name, value]) => `${name}: ${value}`)];
  if (framing === "length") lines.push(`Content-Length: ${parts.content.length + parts.lie}`);
  if (framing === "chunks") lines.push("Transfer-Encoding: chunked");
  const body = framing === "chunks" ? renderChunks(parts) : parts.content;
  return `${interim}${lines.join("\r\n")}\r\n\r\n${body}${behind}`;
}

function renderChunks({
  content: whole,
  chunk,
  extension,
  lie,
  hasLastChunk,
  trailers,
}: Parts): string {
  let body = "";
  for (let from = 0; from < whole.length; from += chunk) {
    const piece = whole.slice(from, from + chunk);
    const size = Math.max(0, piece.length + (from === 0 ? lie : 0));
    body += `${size.toString(16)}${extension}\r\n${piece}\r\n`;
  }
  return hasLastChunk ? `${body}0${extension}\r\n${trailers}\r\n` : body;
}
