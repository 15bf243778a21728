// Session affinity: a client stays with the origin that it came to first, known again by a cookie or by its address.

import { once } from "node:events";
import { connect } from "node:http2";

import * as fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";

import { bodyOf, cookieOf, getWith, startOrigins, startZone } from "../helpers/affinity-zone.ts";
import { startGatewayOn } from "../helpers/gateway.ts";
import { request as requestHttp2 } from "../helpers/http2-client.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { field, type RawResponse } from "../helpers/raw-client.ts";
import { makeSecureListener, type SecureListener } from "../helpers/secure-listener.ts";

let secure: SecureListener;

beforeAll(async () => {
  secure = await makeSecureListener("shop.test");
});
afterAll(() => secure.remove());
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a client without a cookie", () => {
  test("gets one with its first answer, and with no later one", async () => {
    await using origins = await startOrigins();
    await using gateway = await startZone(origins, { ttl: 3_600 });

    const first = await gateway.get();
    const second = await getWith(gateway, cookieOf(first));

    expect(field(first, "set-cookie")).toMatch(
      /^__cflb=[\w-]{64}; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax$/,
    );
    expect(field(second, "set-cookie")).toBeUndefined();
  });

  test("comes to the next origin, by the weights, and not where another one is", async () => {
    await using origins = await startOrigins(2);
    const [heavy, light] = origins.all.map(({ url }) => url);
    await using gateway = await startZone(
      origins,
      {},
      {
        origins: [{ address: heavy ?? "", weight: 3 }, { address: light ?? "" }],
      },
    );
    const bound = cookieOf(await gateway.get());

    const names: string[] = [];
    for (let count = 0; count < 40; count += 1) {
      names.push(bodyOf(await gateway.get()));
      await getWith(gateway, bound);
    }

    expect(names.filter((name) => name === "alpha")).toHaveLength(30);
  });

  test.each(["HEAD", "OPTIONS", "POST"])("gets one with the answer to a %s", async (method) => {
    await using origins = await startOrigins();
    await using gateway = await startZone(origins);

    const response = await gateway.request({ method });

    expect(cookieOf(response)).not.toBe("");
  });

  test.each([404, 500, 503])("gets one with an origin's own %i", async (status) => {
    await using origin = await startOrigin((socket) =>
      socket.write(ok("gone", "", `HTTP/1.1 ${status} No`)),
    );
    await using gateway = await startZone({ all: [origin] });

    const response = await gateway.get();

    expect(response.status).toBe(status);
    expect(cookieOf(response)).not.toBe("");
  });

  test("gets none with a page of the edge's own", async () => {
    await using origin = await startOrigin((socket) =>
      socket.write(ok("bad", "", "HTTP/1.1 502 Bad Gateway")),
    );
    await using gateway = await startZone({ all: [origin] }, {}, { originErrorPages: "replace" });

    const replaced = await gateway.get();
    const reserved = await gateway.get("/cdn-cgi/trace");
    await origin[Symbol.asyncDispose]();
    const failed = await gateway.get();

    expect([replaced.status, reserved.status, failed.status]).toEqual([502, 200, 521]);
    expect([replaced, reserved, failed].map((response) => cookieOf(response))).toEqual([
      "",
      "",
      "",
    ]);
  });

  test("gets a Secure one where it came by https, over HTTP/2 as well", async () => {
    await using origins = await startOrigins();
    await using gateway = await startZone(origins, {}, { listen: secure.listen });
    const session = connect(`https://shop.test:${gateway.securePort}`, {
      ca: secure.rootPem,
      lookup: (_host, _options, done) =>
        done(null, [{ address: "127.0.0.1", family: 4 }] as never, 4),
    });

    const first = await requestHttp2(session, {});
    const [set = ""] = first.headers["set-cookie"] ?? [];
    const crumbs = { cookie: ["a=1", set.split(";", 1)[0] ?? "", "b=2"] };
    const later = [await requestHttp2(session, crumbs), await requestHttp2(session, crumbs)];

    expect(set).toMatch(/; HttpOnly; SameSite=Lax; Secure$/);
    expect(later.map(({ body }) => body)).toEqual([first.body, first.body]);
    expect(later.map(({ headers }) => headers["set-cookie"])).toEqual([undefined, undefined]);
    session.destroy();
  });

  test("gets none where the zone has no affinity, and its cookies pass", async () => {
    await using origins = await startOrigins();
    await using gateway = await startZone(origins, { by: "none" });

    const response = await getWith(gateway, "__cflb=its-own");

    expect(field(response, "set-cookie")).toBeUndefined();
    expect(origins.all[0]?.heads[0]).toContain("Cookie: __cflb=its-own");
  });
});

describe("a client with a cookie", () => {
  test("stays with its origin, whoever's turn it is", async () => {
    await using origins = await startOrigins();
    await using gateway = await startZone(origins);
    const first = await gateway.get();
    const cookie = cookieOf(first);

    const names = new Set<string>();
    for (let count = 0; count < 7; count += 1) {
      names.add(bodyOf(await getWith(gateway, `theme=dark; ${cookie}; lang=en`)));
      await gateway.get();
    }

    expect([...names]).toEqual([bodyOf(first)]);
  });

  test("that opens a WebSocket gets it with the 101, and comes back to where it was", async () => {
    const servers = ["alpha", "beta"].map((name) => {
      const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
      server.on("connection", (socket) => socket.send(name));
      return server;
    });
    await Promise.all(servers.map((server) => once(server, "listening")));
    const all = servers.map((server) => ({
      url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    }));
    await using gateway = await startZone({ all: all as never });
    const open = async (cookie: string): Promise<[set: string, name: string]> => {
      const headers = { host: "shop.test", ...(cookie !== "" && { cookie }) };
      const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/`, { headers });
      const upgraded = once(socket, "upgrade");
      const [name] = (await once(socket, "message")) as [Buffer];
      const [response] = (await upgraded) as [{ headers: { "set-cookie"?: string[] } }];
      socket.terminate();
      return [response.headers["set-cookie"]?.[0] ?? "", name.toString()];
    };

    const [set, name] = await open("");
    const later = [await open(set.split(";", 1)[0] ?? ""), await open(set.split(";", 1)[0] ?? "")];

    expect(set).toMatch(/^__cflb=[\w-]{64}; Path=\//);
    expect(later).toEqual([
      ["", name],
      ["", name],
    ]);
    for (const server of servers) server.close();
  });

  test.each([
    ["__cflb=COOKIE", undefined],
    ["a=1; __cflb=COOKIE; b=2", "a=1; b=2"],
    ["__cflb=COOKIE; a=\u00e9\u00ff", "a=\u00e9\u00ff"],
    ["a=1; __cflb=stale; __cflb=COOKIE", "a=1"],
    ["__cflb2=COOKIE; my__cflb=COOKIE", "__cflb2=COOKIE; my__cflb=COOKIE"],
  ])("keeps it from the origin: of %j it gets %j", async (sent, expected) => {
    await using origins = await startOrigins(1);
    await using gateway = await startZone(origins);
    const value = cookieOf(await gateway.get()).slice("__cflb=".length);
    const withValue = (text: string): string => text.replaceAll("COOKIE", value);

    const client = gateway.connect();
    client.send(
      Buffer.from(
        `GET / HTTP/1.1\r\nHost: shop.test\r\nCookie: ${withValue(sent)}\r\n\r\n`,
        "latin1",
      ),
    );
    await client.read();
    client.close();

    const got = /^cookie: (.*)$/im.exec(origins.all[0]?.heads[1] ?? "")?.[1];
    expect(got).toBe(expected === undefined ? undefined : withValue(expected));
  });

  test("gets the origin's own cookies, but none of that name", async () => {
    const fields = "Set-Cookie: a=1\r\nSet-Cookie: __cflb=inner; Path=/\r\nSet-Cookie: b=2\r\n";
    await using origin = await startOrigin((socket) => socket.write(ok("hello", fields)));
    await using gateway = await startZone({ all: [origin] });
    const cookie = cookieOf(await gateway.get());

    const response = await getWith(gateway, cookie);

    const set = response.headers.filter(([name]) => name.toLowerCase() === "set-cookie");
    expect(set.map(([, value]) => value)).toEqual(["a=1", "b=2"]);
  });

  test("may know it by another name", async () => {
    await using origins = await startOrigins();
    await using gateway = await startZone(origins, { cookie: "stay" });

    const first = await gateway.get();
    const second = await getWith(gateway, cookieOf(first, "stay"));

    expect(cookieOf(first, "stay")).toMatch(/^stay=[\w-]{64}$/);
    expect(bodyOf(second)).toBe(bodyOf(first));
  });
});

describe("a cookie is ignored, and replaced,", () => {
  test.each([
    ["is empty", () => "__cflb="],
    ["is garbage", () => '__cflb=%00%ff,;__cflb="x"'],
    ["is too long", (good: string) => good + "A".repeat(60_000)],
    ["is too short", (good: string) => good.slice(0, -1)],
    ["was changed", (good: string) => good.slice(0, -1) + (good.endsWith("A") ? "B" : "A")],
    ["was made up", () => `__cflb=${"A".repeat(64)}`],
  ])("that %s", async (_what, change) => {
    await using origins = await startOrigins();
    await using gateway = await startZone(origins);
    const good = cookieOf(await gateway.get());

    const response = await getWith(gateway, change(good));

    expect(response.status).toBe(200);
    expect(bodyOf(response)).toBe("beta");
    expect(cookieOf(response)).toMatch(/^__cflb=[\w-]{64}$/);
  });

  test("that is older than its time", async () => {
    await using origins = await startOrigins();
    await using gateway = await startZone(origins, { ttl: 60 });
    const cookie = cookieOf(await gateway.get());
    vi.setSystemTime(Date.now() + 60_000);

    const response = await getWith(gateway, cookie);

    expect([bodyOf(response), cookieOf(response) !== ""]).toEqual(["beta", true]);
  });

  test("that is another zone's", async () => {
    await using origins = await startOrigins();
    const zone = {
      origins: origins.all.map(({ url }) => url),
      steering: "round_robin" as const,
      affinity: { by: "cookie" as const },
    };
    await using gateway = await startGatewayOn({
      zones: [
        { ...zone, hosts: ["one.test"] },
        { ...zone, hosts: ["two.test"] },
      ],
    });
    const get = (host: string, cookie: string): Promise<RawResponse> =>
      gateway.get("/", [
        ["Host", host],
        ["Cookie", cookie],
      ]);
    await get("two.test", "a=1");
    const cookie = cookieOf(await get("one.test", "a=1"));

    const response = await get("two.test", cookie);

    expect([bodyOf(response), cookieOf(response) !== ""]).toEqual(["beta", true]);
  });

  test.each([
    ["is gone", (url: string) => [url]],
    ["is switched off", (url: string, own: string) => [url, { address: own, enabled: false }]],
    ["has no weight", (url: string, own: string) => [url, { address: own, weight: 0 }]],
  ])("whose origin %s", async (_what, change) => {
    await using origins = await startOrigins(2);
    await using before = await startZone(origins);
    await before.get();
    const cookie = cookieOf(await before.get());
    const [other, own] = origins.all.map(({ url }) => url);
    await using gateway = await startZone(
      origins,
      {},
      {
        origins: change(other ?? "", own ?? ""),
      },
    );

    const response = await getWith(gateway, cookie);

    expect([bodyOf(response), cookieOf(response) !== ""]).toEqual(["alpha", true]);
  });

  test("whatever it is: the client is answered, and never by an origin that is switched off", async () => {
    await using origins = await startOrigins(2);
    await using before = await startZone(origins);
    const cookies = [cookieOf(await before.get()), cookieOf(await before.get())];
    const [on, off] = origins.all;
    const switchedOff = { address: off?.url ?? "", enabled: false };
    await using gateway = await startZone(origins, {}, { origins: [on?.url ?? "", switchedOff] });
    const heads = off?.heads.length;
    const text = fc.string({ maxLength: 100 }).map((value) => `__cflb=${value}`);
    const changed = fc
      .tuple(fc.constantFrom(...cookies), fc.nat(70), fc.constantFrom("", "A", "_", "=", ";"))
      .map(([good, place, piece]) => good.slice(0, place) + piece + good.slice(place + 1));
    const several = fc.array(fc.oneof(text, changed, fc.constantFrom(...cookies)), {
      maxLength: 4,
    });

    await fc.assert(
      fc.asyncProperty(several, async (pairs) => {
        const response = await getWith(gateway, pairs.join("; "));

        expect([response.status, bodyOf(response)]).toEqual([200, "alpha"]);
      }),
      { numRuns: 200 },
    );
    expect(off?.heads.length).toBe(heads);
  });
});
