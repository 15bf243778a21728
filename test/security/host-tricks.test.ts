// The attack: a Host that means one site to the gateway and another to the origin, or to whoever builds links from it: two of them, a
// user or a path in it, a port that is none, dots and letters that look the same. The prize is another zone's rules, a cache under
// another site's name, or a password reset that leads to the attacker.
//
// Seen: James Kettle, "Practical HTTP Host header attacks", 2013; Chen and others, "Host of Troubles", CCS 2016.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { flags } from "../../fixtures/http2-frames.ts";
import { startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";
import { RawHttp2, type RawFields } from "../helpers/raw-http2.ts";
import { makeSecureListener } from "../helpers/secure-listener.ts";

let shop: TestOrigin;
let secret: TestOrigin;
let gateway: TestGateway;

beforeAll(async () => {
  const secure = await makeSecureListener("shop.test");
  shop = await startOrigin((socket) => socket.write(ok("shop")));
  secret = await startOrigin((socket) => socket.write(ok("secret")));
  gateway = await startGatewayOn({
    listen: secure.listen,
    zones: [
      { hosts: ["shop.test"], origins: [shop.url] },
      { hosts: ["secret.test"], origins: [secret.url] },
    ],
  });
  secure.remove();
});
afterAll(async () => {
  await gateway.close();
  await shop[Symbol.asyncDispose]();
  await secret[Symbol.asyncDispose]();
});

/** Sends a head as it is; returns the answer, and the Host fields of what came to either origin. */
async function send(head: string) {
  const before = [shop.heads.length, secret.heads.length] as const;
  const connection = gateway.connect();
  connection.send(Buffer.from(`${head}\r\n\r\n`, "latin1"));
  const response = await connection.read();
  connection.close();
  const heads = [...shop.heads.slice(before[0]), ...secret.heads.slice(before[1])];
  const hosts = heads.flatMap((one) => one.match(/^host:.*$/gim) ?? []);
  return { status: response.status, body: response.body.toString(), hosts };
}

describe("a host that is none", () => {
  test.each([
    "shop.test, secret.test",
    "shop.test secret.test",
    "shop.test\tsecret.test",
    "shop.test/secret.test",
    "shop.test?secret.test",
    "shop.test#secret.test",
    "shop.test\\secret.test",
    "user@shop.test",
    "shop.test@secret.test",
    "shop.test:80@secret.test",
    "shop.test:80:secret.test",
    "shop.test:secret.test",
    "shop.test:-80",
    "shop.test: 80",
    "http://shop.test",
    "//shop.test",
    "[shop.test]",
    "[::1]secret.test",
    "[::1",
    '"shop.test"',
    "<shop.test>",
    "shop.test|",
    "shop.test^",
    "shop.test`",
    "{shop.test}",
  ])("(%j) is refused", async (host) => {
    const { status, hosts } = await send(`GET / HTTP/1.1\r\nHost: ${host}`);

    expect([status, hosts]).toEqual([400, []]);
  });

  test.each([
    ["two of them", "Host: shop.test\r\nHost: secret.test"],
    ["the same twice", "Host: shop.test\r\nHost: shop.test"],
    ["two of them in different case", "Host: shop.test\r\nhOST: secret.test"],
    ["one, and one folded", "Host: shop.test\r\nX: y\r\n Host: secret.test"],
    ["a space before the colon", "Host : shop.test"],
    ["a space before the name", " Host: shop.test"],
    ["behind LF alone", "Host: shop.test\r\nX: y\nHost: secret.test"],
    ["behind CR alone", "Host: shop.test\r\nX: y\rHost: secret.test"],
    ["none", "X: y"],
  ])("(%s) is refused", async (_what, fields) => {
    const { status, hosts } = await send(`GET / HTTP/1.1\r\n${fields}`);

    expect([status, hosts]).toEqual([400, []]);
  });
});

describe("a host that looks like another one", () => {
  test.each([
    "shop.test..",
    ".shop.test",
    "shop..test",
    "shop.test.evil.test",
    "evilshop.test",
    "shop.test%00",
    "shop%2etest",
    "%73hop.test",
    "shop.test\xad",
    "\xef\xbd\x93hop.test",
    "xn--shop-test",
    "shop_test",
    "127.0.0.1",
    "0x7f.1",
    "[::ffff:127.0.0.1]",
    "*",
    "*.test",
    "",
  ])("(%j) is no zone's", async (host) => {
    const { status, hosts } = await send(`GET / HTTP/1.1\r\nHost: ${host}`);

    expect([403, 409]).toContain(status);
    expect(hosts).toEqual([]);
  });

  test.each(["SHOP.test", "shop.test.", "shop.test:8080", "shop.test:", "sHoP.TeSt.:1"])(
    "%s is shop.test, and goes on as it was written",
    async (host) => {
      const { body, hosts } = await send(`GET / HTTP/1.1\r\nHost: ${host}`);

      expect([body, hosts]).toEqual(["shop", [`host: ${host}`]]);
    },
  );
});

describe("a target with a host of its own", () => {
  test("decides, and the origin hears of no other", async () => {
    const { body, hosts } = await send("GET http://shop.test/ HTTP/1.1\r\nHost: secret.test");

    expect([body, hosts]).toEqual(["shop", ["host: shop.test"]]);
  });

  test.each([
    ["http://shop.test@secret.test/", 400],
    ["http://secret.test:80@shop.test/", 400],
    ["http://shop.test\\@secret.test/", 400],
    ["http:///secret.test/", 400],
    ["http://", 400],
    ["http:secret.test", 400],
    ["ftp://secret.test/", 400],
    ["file:///etc/passwd", 400],
    ["javascript:alert(1)", 400],
    ["secret.test:80", 400],
    ["//secret.test/", 200],
    ["/http://secret.test/", 200],
  ])("%s leads to no other zone", async (target, status) => {
    const answer = await send(`GET ${target} HTTP/1.1\r\nHost: shop.test`);

    expect(answer.status).toBe(status);
    expect(answer.body).not.toBe("secret");
    expect(answer.hosts).toEqual(status === 200 ? ["host: shop.test"] : []);
  });

  test.each([
    "X-Forwarded-Host: secret.test",
    "Forwarded: host=secret.test",
    "X-Host: secret.test",
  ])("and no other field decides (%s)", async (field) => {
    const { body, hosts } = await send(`GET / HTTP/1.1\r\nHost: shop.test\r\n${field}`);

    expect([body, hosts]).toEqual(["shop", ["host: shop.test"]]);
  });
});

describe("over HTTP/2", () => {
  test.each<[string, RawFields, "shop" | "secret" | null]>([
    [
      ":authority against Host",
      [
        [":authority", "shop.test"],
        ["host", "secret.test"],
      ],
      "shop",
    ],
    [
      "an :authority of nothing beside Host",
      [
        [":authority", ""],
        ["host", "shop.test"],
      ],
      null,
    ],
    [":authority with a user", [[":authority", "shop.test@secret.test"]], null],
    [":authority with a path", [[":authority", "shop.test/secret.test"]], null],
    [
      "two Hosts",
      [
        ["host", "shop.test"],
        ["host", "secret.test"],
      ],
      null,
    ],
    ["a path that names a host", [[":path", "http://secret.test/"]], null],
  ])("%s has one meaning", async (_what, fields, zone) => {
    const before = gateway.lines.length;
    const heads = { shop: shop.heads.length, secret: secret.heads.length };
    const client = new RawHttp2(gateway.securePort);

    client.request(1, fields, flags.endStream);
    const end = await client.ended(1);
    client.close();

    if (end.resetCode === null)
      await waitFor(() => gateway.lines.length > before, "it has no line");
    expect([shop.heads.length - heads.shop, secret.heads.length - heads.secret]).toEqual([
      zone === "shop" ? 1 : 0,
      zone === "secret" ? 1 : 0,
    ]);
    if (zone !== null) expect(shop.heads.at(-1)).toMatch(/^host: shop\.test$/m);
  });
});
