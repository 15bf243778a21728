// Requests with a body, and origins that fail in the middle of it: who gets the body again, who must not, and what of it.

import { hash } from "node:crypto";
import { connect, constants } from "node:http2";

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { startZoo } from "../../fixtures/zoo.ts";
import type { ZoneFile } from "../../src/config/schema.ts";
import { type BodyOrigin, startBodyOrigin } from "../helpers/body-origin.ts";
import { startGateway, startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { startHttp2Origin } from "../helpers/http2-origin.ts";
import { request as requestHttp2 } from "../helpers/http2-client.ts";
import { makeSecureListener } from "../helpers/secure-listener.ts";
import { content, upload } from "../helpers/upload.ts";

const onBreak = { failover: { on: ["connection_terminated"] } };

/** A zone of these origins, in order, that tries the next one when a connection ends. */
function startZone(
  origins: readonly { readonly url: string }[],
  zone: Partial<ZoneFile> = {},
): Promise<TestGateway> {
  return startGatewayOn({
    timeouts: { responseMs: 5_000 },
    zones: [{ hosts: ["*"], origins: origins.map(({ url }) => url), ...onBreak, ...zone }],
  });
}

/** What tells one body from another, in a few characters. */
function digest(body: Buffer): string {
  return `${body.length} ${hash("sha256", body)}`;
}

/** The bodies that an origin got whole. */
function wholeBodies({ got }: BodyOrigin): string[] {
  return got.filter(({ isWhole }) => isWhole).map(({ body }) => digest(body));
}

describe("a body that is at hand", () => {
  test.each(["PUT", "DELETE", "GET", "OPTIONS"])(
    "of a %s goes to another origin when the first breaks off in the middle of it",
    async (method) => {
      await using first = await startBodyOrigin({ after: 10_000 });
      await using second = await startBodyOrigin();
      await using gateway = await startZone([first, second]);
      const body = content(30_000);

      const status = await upload(gateway, method, [body], {
        headers: { "content-length": "30000" },
      });

      expect(status).toBe(200);
      expect(wholeBodies(second)).toEqual([digest(body)]);
      expect(second.got).toMatchObject([{ method, length: "30000" }]);
      expect(await gateway.line()).toMatchObject({ retries: 1, requestBytes: 30_000 });
    },
  );

  test("is begun again with what was sent, and goes on with what the client has not sent yet", async () => {
    await using first = await startBodyOrigin({ after: 20_000 });
    await using second = await startBodyOrigin();
    await using gateway = await startZone([first, second]);
    const body = content(200_000);

    const status = await upload(
      gateway,
      "PUT",
      [body.subarray(0, 20_000), body.subarray(20_000, 60_000), body.subarray(60_000)],
      { between: async (index) => index === 1 && (await reached(second, 20_000)) },
    );

    expect(status).toBe(200);
    expect(wholeBodies(second)).toEqual([digest(body)]);
    expect(await gateway.line()).toMatchObject({ retries: 1, requestBytes: 200_000 });
  });

  test("is copied once more for each origin that the zone may try", async () => {
    await using first = await startBodyOrigin({ after: 1_000 });
    await using second = await startBodyOrigin({ after: 5_000 });
    await using third = await startBodyOrigin();
    await using gateway = await startZone([first, second, third], {
      failover: { ...onBreak.failover, retries: 2 },
    });
    const body = content(9_000);

    const status = await upload(gateway, "PUT", [body]);

    expect(status).toBe(200);
    expect(wholeBodies(third)).toEqual([digest(body)]);
    expect(await gateway.line()).toMatchObject({ retries: 2, requestBytes: 9_000 });
  });

  test("of no byte, in chunks, comes to its end at the second origin, too", async () => {
    await using first = await startBodyOrigin({ after: 0 });
    await using second = await startBodyOrigin();
    await using gateway = await startZone([first, second]);

    const status = await upload(gateway, "PUT", [], {
      headers: { "transfer-encoding": "chunked" },
    });

    expect(status).toBe(200);
    expect(wholeBodies(second)).toEqual([digest(Buffer.alloc(0))]);
  });

  test.each([
    ["failover-put-after-alert", "PUT", 200, 1],
    ["failover-post-after-alert", "POST", 525, 0],
  ])(
    "%s: a TLS alert after the %s was sent ends in %i",
    async (fixture, method, status, retries) => {
      await using gateway = await startGateway({ fixtures: [fixture] });

      const response = await gateway.request({ method, bodyBytes: 1_000 });

      expect(response.status).toBe(status);
      expect(await gateway.line()).toMatchObject({ retries, requestBytes: 1_000 });
    },
  );

  test("arrives whole, however it is cut and wherever the first origin breaks off", async () => {
    const breaking = { after: 0 };
    await using first = await startBodyOrigin(breaking);
    await using second = await startBodyOrigin();
    await using gateway = await startZone([first, second], {
      failover: { ...onBreak.failover, budgetPerSecond: 10_000 },
      passive: { failures: 0 },
    });
    const cuts = fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 7 });

    await fc.assert(
      fc.asyncProperty(cuts, fc.nat(9_000), fc.boolean(), async (sizes, after, hasLength) => {
        breaking.after = after;
        const pieces = sizes.map((size, index) => content(size + index).subarray(index));
        const body = Buffer.concat(pieces);
        const headers = hasLength ? { "content-length": String(body.length) } : {};

        const status = await upload(gateway, "PUT", pieces, { headers });

        expect(status).toBe(200);
        expect(wholeBodies(second).at(-1)).toBe(digest(body));
      }),
      { numRuns: 40 },
    );
    const retries = await waitFor(
      () =>
        second.got.length === gateway.lines.length && gateway.lines.map((line) => line["retries"]),
      "a request was not recorded",
    );
    expect(new Set(retries)).toEqual(new Set([1]));
  });
});

describe("a body is not sent again", () => {
  test.each(["POST", "PATCH"])("with a %s, which the origin may have acted on", async (method) => {
    await using first = await startBodyOrigin({ after: 10 });
    await using second = await startBodyOrigin();
    await using gateway = await startZone([first, second]);

    const status = await upload(gateway, method, [content(1_000)]);

    expect(status).toBe(520);
    expect(second.got).toEqual([]);
    expect(await gateway.line()).toMatchObject({ retries: 0 });
  });

  test.each([
    [65_536, undefined, 200],
    [65_537, undefined, 520],
    [1_000, 1_000, 200],
    [1_001, 1_000, 520],
    [1, 0, 520],
  ])(
    "when %i bytes were read of it and replayBytes is %s: %i",
    async (size, replayBytes, expected) => {
      await using first = await startBodyOrigin({ after: size });
      await using second = await startBodyOrigin();
      const limits = replayBytes === undefined ? {} : { limits: { replayBytes } };
      await using gateway = await startZone([first, second], limits);

      const status = await upload(gateway, "PUT", [content(size)]);

      expect(status).toBe(expected);
      expect(second.got.map(({ bytes }) => bytes)).toEqual(expected === 200 ? [size] : []);
    },
  );

  test("when its failure is none of failover.on", async () => {
    await using first = await startBodyOrigin({ after: 10 });
    await using second = await startBodyOrigin();
    await using gateway = await startZone([first, second], { failover: {} });

    const status = await upload(gateway, "PUT", [content(1_000)]);

    expect(status).toBe(520);
    expect(second.got).toEqual([]);
  });
});

describe("while a body is sent again", () => {
  test("the client hears one 100 Continue", async () => {
    await using first = await startBodyOrigin({ after: 500 });
    await using second = await startBodyOrigin();
    await using gateway = await startZone([first, second]);

    const response = await gateway.request({
      method: "PUT",
      headers: [["Expect", "100-continue"]],
      bodyBytes: 1_000,
    });

    expect([response.status, response.interim]).toEqual([200, [100]]);
    expect(second.got.map(({ bytes }) => bytes)).toEqual([1_000]);
  });

  test("limits.bodyBytes counts each byte once", async () => {
    await using first = await startBodyOrigin({ after: 20_000 });
    await using second = await startBodyOrigin();
    await using gateway = await startZone([first, second], { limits: { bodyBytes: 30_000 } });
    const halves = [content(20_000), content(10_000)];
    const between = async (index: number): Promise<unknown> => index > 0 && reached(second, 20_000);

    const within = await upload(gateway, "PUT", halves, { between });
    const beyond = await upload(gateway, "PUT", [...halves, content(1)]);

    expect([within, beyond]).toEqual([200, 413]);
  });

  test("a client that stops is given up after bodyIdleMs, and is no failure of the origin", async () => {
    await using first = await startBodyOrigin({ after: 1_000 });
    await using second = await startBodyOrigin();
    await using gateway = await startGatewayOn({
      timeouts: { bodyIdleMs: 100 },
      zones: [{ hosts: ["*"], origins: [first.url, second.url], ...onBreak }],
    });
    const client = gateway.connect();

    client.send(
      `PUT / HTTP/1.1\r\nHost: any.test\r\nContent-Length: 2000\r\n\r\n${"x".repeat(1_000)}`,
    );

    expect(await gateway.line()).toMatchObject({ status: 499, failure: null, retries: 1 });
    expect(second.got.map(({ bytes }) => bytes)).toEqual([1_000]);
    client.close();
  });

  test("an origin that takes no more of it has writeMs, and then the next one gets all of it", async () => {
    await using zoo = await startZoo({ only: ({ name }) => name === "never-reads-upload" });
    await using second = await startBodyOrigin();
    await using gateway = await startGatewayOn({
      timeouts: { writeMs: 150 },
      limits: { replayBytes: 100_000_000 },
      zones: [
        {
          hosts: ["*"],
          origins: [zoo.members[0]?.started.origin ?? "", second.url],
          dns: { servers: [zoo.dnsServer] },
          failover: { on: ["connection_write_timeout"] },
        },
      ],
    });

    const response = await gateway.request({ method: "PUT", bodyBytes: 20_000_000 });

    expect(response.status).toBe(200);
    expect(second.got.map(({ bytes }) => bytes)).toEqual([20_000_000]);
    expect(await gateway.line()).toMatchObject({ retries: 1, requestBytes: 20_000_000 });
  });
});

describe("a kept connection that dies when a body comes over it", () => {
  test.each([
    ["PUT", 1_000, 200],
    ["DELETE", 10, 200],
    ["PUT", 65_537, 520],
    ["POST", 1_000, 520],
  ])("%s with %i bytes: %i", async (method, bodyBytes, status) => {
    await using origin = await startBodyOrigin({ after: bodyBytes, good: 1 });
    await using gateway = await startZone([origin]);
    await gateway.get();
    await gateway.line();

    const response = await gateway.request({ method, target: "/again", bodyBytes });

    const isRepeated = status === 200;
    expect(response.status).toBe(status);
    expect(origin.got.slice(1).map(({ bytes }) => bytes)).toEqual(
      isRepeated ? [bodyBytes, bodyBytes] : [bodyBytes],
    );
    expect(await gateway.line(({ path }) => path === "/again")).toMatchObject({
      retries: isRepeated ? 1 : 0,
      requestBytes: bodyBytes,
    });
  });
});

describe("over HTTP/2", () => {
  test("a POST that the origin refuses to begin is sent again, with its trailers", async () => {
    const bodies: string[] = [];
    const trailers: unknown[] = [];
    await using origin = await startHttp2Origin((stream) => {
      stream.setEncoding("utf8").on("data", (text: string) => bodies.push(text));
      stream.on("trailers", (fields) => {
        trailers.push(fields["x-sum"]);
        if (trailers.length === 1) return stream.close(constants.NGHTTP2_REFUSED_STREAM);
        stream.respond({ ":status": 200 });
        return stream.end("hello");
      });
    });
    await using gateway = await startZone([origin], { h2c: true });
    const client = gateway.connect();

    client.send(
      "POST / HTTP/1.1\r\nHost: any.test\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n",
    );
    const response = await client.read("POST");

    expect(response.status).toBe(200);
    expect(bodies).toEqual(["hello", "hello"]);
    expect(trailers).toEqual(["7", "7"]);
    expect(await gateway.line()).toMatchObject({ retries: 1, requestBytes: 5 });
    client.close();
  });

  test("a POST that was not refused, and was broken off, is not", async () => {
    await using origin = await startHttp2Origin((stream) => {
      stream.resume().on("end", () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
    });
    await using gateway = await startZone([origin], { h2c: true });

    const response = await gateway.request({ method: "POST", bodyBytes: 100 });

    expect(response.status).toBe(520);
    expect(origin.heads).toHaveLength(1);
  });

  test("the body of an HTTP/2 client goes to another origin as well", async () => {
    const secure = await makeSecureListener("shop.test");
    await using first = await startBodyOrigin({ after: 20_000 });
    await using second = await startBodyOrigin();
    await using gateway = await startGatewayOn({
      listen: secure.listen,
      zones: [{ hosts: ["*"], origins: [first.url, second.url], ...onBreak }],
    });
    const session = connect(`https://shop.test:${gateway.securePort}`, {
      ca: secure.rootPem,
      lookup: (_host, _options, done) =>
        done(null, [{ address: "127.0.0.1", family: 4 }] as never, 4),
    });
    const body = content(50_000);

    const answer = await requestHttp2(session, { ":method": "PUT" }, body);

    expect(answer.headers[":status"]).toBe(200);
    expect(wholeBodies(second)).toEqual([digest(body)]);
    session.destroy();
    secure.remove();
  });
});

/** Waits until so many bytes of a body have reached an origin. */
function reached(origin: BodyOrigin, bytes: number): Promise<unknown> {
  return waitFor(() => (origin.got[0]?.bytes ?? 0) >= bytes, "the bytes did not come");
}
