import { describe, expect, test } from "vitest";

import type { ZoneFile } from "../../src/config/schema.ts";
import { startGatewayOn } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { field, type RawRequest } from "../helpers/raw-client.ts";

type Pairs = NonNullable<RawRequest["headers"]>;

/** The fields that the origin gets, as received, for a client that sends these. */
async function fieldsSent(
  headers: Pairs,
  zone: Partial<ZoneFile> = {},
): Promise<[string, string][]> {
  await using origin = await startOrigin((socket) => socket.write(ok()));
  await using gateway = await startGatewayOn({
    zones: [{ hosts: ["*"], origins: [origin.url], ...zone }],
  });
  await gateway.get("/", headers);
  const [, ...lines] = (origin.heads[0] ?? "").split("\r\n");
  return lines.map((line) => [
    line.slice(0, line.indexOf(":")),
    line.slice(line.indexOf(":") + 1).trim(),
  ]);
}

/** Every value of one field. */
function valuesOf(fields: readonly [string, string][], name: string): string[] {
  return fields.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}

describe("the edge's own fields", () => {
  test("are all there, once each", async () => {
    const fields = await fieldsSent([]);

    expect(fields.map(([name]) => name.toLowerCase()).toSorted()).toEqual(
      ["host", "connection", "cf-ray", "cf-connecting-ip", "cf-visitor", "x-forwarded-for",
        "x-forwarded-proto", "cdn-loop", "cf-ipcountry"].toSorted(),
    ); // prettier-ignore
  });

  test.each([
    ["cf-connecting-ip", "127.0.0.1"],
    ["cf-ipcountry", "XX"],
    ["cf-visitor", '{"scheme":"http"}'],
    ["x-forwarded-proto", "http"],
    ["x-forwarded-for", "203.0.113.9, 203.0.113.8, 127.0.0.1"],
    ["cdn-loop", "a, b; loops=1, edgecase"],
  ])("%s is not what a client says it is", async (name, expected) => {
    const fields = await fieldsSent([
      ["CF-Connecting-IP", "203.0.113.9"],
      ["cf-connecting-ip", "203.0.113.8"],
      ["CF-IPCountry", "DE"],
      ["CF-Visitor", '{"scheme":"https"}'],
      ["X-Forwarded-Proto", "https"],
      ["X-Forwarded-For", "203.0.113.9"],
      ["x-forwarded-for", "203.0.113.8"],
      ["CDN-Loop", "a"],
      ["CDN-Loop", "b; loops=1"],
    ]);

    expect(valuesOf(fields, name)).toEqual([expected]);
  });

  test.each([
    "true-client-ip",
    "x-real-ip",
    "cf-connecting-ipv6",
    "cf-pseudo-ipv4",
    "cf-worker",
    "edgecase-reveal",
  ])("a client cannot send %s in their place", async (name) => {
    const fields = await fieldsSent([[name, "203.0.113.9"]]);

    expect(valuesOf(fields, name)).toEqual([]);
  });

  test("cannot be removed by naming them in Connection, while the client's own can", async () => {
    const fields = await fieldsSent([
      ["Connection", "close, X-Forwarded-For, X-Forwarded-Proto, CF-Connecting-IP, CF-Ray, Host"],
      ["Connection", "CDN-Loop, cf-visitor, CF-IPCountry, True-Client-IP, Cookie"],
      ["X-Forwarded-For", "203.0.113.9"],
      ["Cookie", "a=1"],
    ], { fields: { trueClientIp: true } }); // prettier-ignore

    expect(valuesOf(fields, "x-forwarded-for")).toEqual(["203.0.113.9, 127.0.0.1"]);
    const ours = ["x-forwarded-proto", "cf-connecting-ip", "cf-ray", "host", "cdn-loop", "cf-visitor", "cf-ipcountry", "true-client-ip"]; // prettier-ignore
    expect(ours.filter((name) => valuesOf(fields, name).length !== 1)).toEqual([]);
    expect(valuesOf(fields, "cookie")).toEqual([]);
  });

  test("Content-Length named in Connection does not change where the content ends", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const response = await gateway.request({
      method: "POST",
      bodyBytes: 20,
      headers: [["Connection", "Content-Length, Transfer-Encoding"]],
    });

    expect(response.status).toBe(200);
    expect(origin.heads).toEqual([expect.stringMatching(/^content-length: 20$/im)]);
  });
});

describe("by option", () => {
  test("CF-IPCountry is another country, or is not sent", async () => {
    const [country, none] = await Promise.all([
      fieldsSent([["CF-IPCountry", "DE"]], { fields: { ipCountry: "FR" } }),
      fieldsSent([["CF-IPCountry", "DE"]], { fields: { ipCountry: null } }),
    ]);

    expect([valuesOf(country, "cf-ipcountry"), valuesOf(none, "cf-ipcountry")]).toEqual([["FR"], []]); // prettier-ignore
  });

  test("True-Client-IP says the same as CF-Connecting-IP", async () => {
    const fields = await fieldsSent([["True-Client-IP", "203.0.113.9"]], { fields: { trueClientIp: true } }); // prettier-ignore

    expect(valuesOf(fields, "true-client-ip")).toEqual(["127.0.0.1"]);
  });

  test("Accept-Encoding is the client's own, unless it is normalized", async () => {
    const fields = await fieldsSent([["Accept-Encoding", "zstd, br;q=0.5"], ["accept-encoding", "gzip"]]); // prettier-ignore

    expect(valuesOf(fields, "accept-encoding")).toEqual(["zstd, br;q=0.5", "gzip"]);
  });

  test.each([
    ["gzip, deflate, br, zstd", "gzip, br"],
    ["BR, GZIP", "gzip, br"],
    ["br", "br"],
    ["gzip;q=0, br;q=0.1", "br"],
    ["*", "gzip, br"],
    ["*, br;q=0", "gzip"],
    ["x-gzip", "gzip"],
    ["deflate", "identity"],
    ["", "identity"],
    [null, "identity"],
  ])("Accept-Encoding %s is normalized to %s", async (sent, expected) => {
    const headers: Pairs = sent === null ? [] : [["Accept-Encoding", sent]];

    const fields = await fieldsSent(headers, { fields: { acceptEncoding: "normalized" } });

    expect(valuesOf(fields, "accept-encoding")).toEqual([expected]);
  });
});

/** Thirty fields as odd as HTTP/1.1 allows. */
const oddFields: Pairs = [
  ["X-Empty", ""],
  ["x-lower", "1"],
  ["X-UPPER", "2"],
  ["x-MiXeD", "3"],
  ["Set-Cookie", "a=1; Path=/"],
  ["X-Between", "cookies"],
  ["set-cookie", "b=2; Expires=Wed, 09 Jun 2027 10:18:14 GMT"],
  ["SET-COOKIE", "a=3"],
  ["X-Twice", "one"],
  ["X-Twice", "two"],
  ["X-Twice", "one"],
  ["X-Latin1", "caf\xe9"],
  ["X-High", "\x80\xff"],
  ["X-Tab", "a\tb"],
  ["X-Commas", ",,,"],
  ["X-Quoted", '"a\\"b", c'],
  ["X-Json", '{"a": [1, 2]}'],
  ["X-Colon", ": : :"],
  ["X-Long", "x".repeat(8_000)],
  ["!#$%&'*+-.^_`|~", "token"],
  ["1", "digit"],
  ["ETag", 'W/"1"'],
  ["Vary", "Accept, *"],
  ["Vary", "Cookie"],
  ["Date", "not a date"],
  ["Server", "app/1.0 (odd)"],
  ["Via", "1.1 somebody"],
  ["WWW-Authenticate", 'Basic realm="a", Digest realm="b"'],
  ["Link", "</a>; rel=next, </b>; rel=prev"],
  ["__proto__", "polluted"],
];

describe("towards the client", () => {
  test("thirty odd fields arrive as they were sent, in their order, duplicates kept", async () => {
    const lines = oddFields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    await using origin = await startOrigin((socket) =>
      socket.write(Buffer.from(ok("hello", lines), "latin1")),
    );
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const response = await gateway.get();

    expect(oddFields).toHaveLength(30);
    expect(response.headers.slice(0, 30)).toEqual(oddFields);
    expect(response.headers.slice(30).map(([name]) => name)).toEqual(["Content-Length", "cf-ray", "Connection", "Keep-Alive"]); // prettier-ignore
  });

  test("orders for the edge, X-Accel-*, do not", async () => {
    const names = ["X-Accel-Buffering", "X-Accel-Charset", "x-accel-limit-rate", "X-Accel-Redirect"]; // prettier-ignore
    const lines = names.map((name) => `${name}: 1\r\n`).join("");
    await using origin = await startOrigin((socket) => socket.write(ok("", `${lines}X-Accel-Expires: 1\r\n`))); // prettier-ignore
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const response = await gateway.get();

    const accel = response.headers.filter(([name]) => name.toLowerCase().startsWith("x-accel"));
    expect(accel).toEqual([["X-Accel-Expires", "1"]]);
  });

  test.each([
    ["an origin's response", "http", "/", 200],
    ["a page of the edge", "https", "/", 525],
  ])("fields.server is the Server of %s", async (_title, scheme, path, status) => {
    await using origin = await startOrigin((socket) => socket.write(ok("", "Server: a\r\nServer: b\r\n"))); // prettier-ignore
    await using gateway = await startGatewayOn({
      zones: [
        {
          hosts: ["*"],
          origins: [origin.url.replace("http", scheme)],
          fields: { server: "cloudflare" },
        },
      ],
    });

    const response = await gateway.get(path);

    const servers = response.headers.filter(([name]) => name.toLowerCase() === "server");
    expect([response.status, servers]).toEqual([status, [["server", "cloudflare"]]]);
    expect(field(response, "cf-ray")).toBeDefined();
  });
});
