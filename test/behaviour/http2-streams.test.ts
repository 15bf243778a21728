import { once } from "node:events";
import { request } from "node:http";

import { describe, expect, test } from "vitest";

import { startGateway, startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { startHttp2Origin } from "../helpers/http2-origin.ts";
import { startMeasuredGateway } from "../helpers/memory.ts";
import { field } from "../helpers/raw-client.ts";

const zone = (url: string) => ({ hosts: ["*"], origins: [url], h2c: true });
const piece = Buffer.alloc(64 * 1024, "x");

describe("over HTTP/2 to the origin", () => {
  test("fields arrive as they were sent, less what HTTP/2 forbids", async () => {
    await using origin = await startHttp2Origin((stream) =>
      stream.respond({}, { endStream: true }),
    );
    await using gateway = await startGatewayOn({ zones: [zone(origin.url)] });

    await gateway.get("/path?query=1", [
      ["Connection", "X-Drop"],
      ["X-Drop", "1"],
      ["Keep-Alive", "timeout=5"],
      ["TE", "gzip, trailers"],
      ["X-Twice", "1"],
      ["X-Twice", "2"],
      ["Referer", "a"],
      ["Referer", "b"],
      ["X-Bytes", "caf\u00e9"],
    ]);

    expect(origin.heads[0]).toMatchObject({
      ":method": "GET",
      ":scheme": "http",
      ":authority": "any.test",
      ":path": "/path?query=1",
      te: "trailers",
      "x-twice": "1, 2",
      referer: "a, b",
      "x-bytes": "caf\u00c3\u00a9",
      "cf-connecting-ip": "127.0.0.1",
    });
    const names = Object.keys(origin.heads[0] ?? {});
    const forbidden = /^(connection|x-drop|keep-alive|host|transfer-encoding)$/;
    expect(names.filter((name) => forbidden.test(name))).toEqual([]);
  });

  test("a response's fields keep their order and their duplicates", async () => {
    await using origin = await startHttp2Origin((stream) => {
      stream.respond({ ":status": 201, "x-one": "1", "set-cookie": ["a=1", "b=2"], "x-two": "2" });
      stream.end("hello");
    });
    await using gateway = await startGatewayOn({ zones: [zone(origin.url)] });

    const response = await gateway.get();

    expect(response).toMatchObject({ status: 201, ending: "complete" });
    const names = response.headers.map(([name]) => name.toLowerCase());
    expect(names.filter((name) => /^(x-|set-cookie)/.test(name))).toEqual([
      "x-one",
      "set-cookie",
      "set-cookie",
      "x-two",
    ]);
  });

  test("a request's trailers arrive at the origin, and the response's at the client", async () => {
    const received: unknown[] = [];
    await using origin = await startHttp2Origin((stream) => {
      stream.on("trailers", (fields) => received.push(fields["x-sum"]));
      stream.resume();
      stream.respond({ ":status": 200, trailer: "grpc-status" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.on("end", () => stream.end("hello"));
    });
    await using gateway = await startGatewayOn({ zones: [zone(origin.url)] });
    const client = gateway.connect();

    client.send(
      "POST / HTTP/1.1\r\nHost: any.test\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n",
    );
    let text = "";
    client.socket.on("data", (bytes: Buffer) => (text += bytes.toString()));
    await waitFor(() => text.includes("grpc-status: 0\r\n\r\n"), "no trailers");
    client.close();

    expect(received).toEqual(["7"]);
  });

  test.each([
    ["h2-trailers", 200],
    ["h2-good-alpn", 200],
    ["h2-header-125kb", 200],
  ])("%s answers HEAD with %i and no content", async (fixture, status) => {
    await using gateway = await startGateway({ fixtures: [fixture] });

    const response = await gateway.request({ method: "HEAD" });

    expect(response).toMatchObject({ status, ending: "complete" });
    expect(response.body.length).toBe(0);
  });

  test.each([204, 304])("a %i is complete with its head", async (status) => {
    await using origin = await startHttp2Origin((stream) =>
      stream.respond({ ":status": status, etag: '"1"' }, { endStream: true }),
    );
    await using gateway = await startGatewayOn({ zones: [zone(origin.url)] });

    const response = await gateway.get();

    expect(response).toMatchObject({ status, ending: "complete" });
    expect(field(response, "etag")).toBe('"1"');
  });

  test("a reset without an error behind all of the announced content takes nothing away", async () => {
    await using gateway = await startGateway({ fixtures: ["h2-reset-no-error-whole"] });
    const client = gateway.connect();

    const response = await client.request({ headers: [["Host", "h2-reset-no-error-whole.test"]] });

    expect(response).toMatchObject({ status: 200, ending: "complete" });
    expect(response.body.toString()).toBe("hello");
    expect(await gateway.line()).toMatchObject({ status: 200, failure: null, responseBytes: 5 });
    expect(client.socket.readableEnded).toBe(false);
    client.close();
  });

  test("103 Early Hints are passed on", async () => {
    await using gateway = await startGateway({ fixtures: ["h2-early-hints"] });

    const response = await gateway.get();

    expect(response.bytes.toString()).toContain("103 Early Hints\r\nLink: </a.css>; rel=preload");
  });

  test("both sides may talk at the same time, and the response's deadline waits for the request's end", async () => {
    await using origin = await startHttp2Origin((stream) => {
      stream.respond({ ":status": 200 });
      stream.pipe(stream);
    });
    await using gateway = await startGatewayOn({
      zones: [zone(origin.url)],
      timeouts: { responseMs: 100 },
    });
    const upload = request({ port: gateway.port, method: "POST", headers: { host: "any.test" } });
    upload.flushHeaders();
    upload.write("one");
    const [response] = await once(upload, "response");

    const [first] = await once(response, "data");
    upload.end("two");
    const [second] = await once(response, "data");
    await once(response, "end");

    expect([String(first), String(second)]).toEqual(["one", "two"]);
  });

  test("a client that does not read stops the origin, and other requests go on", async () => {
    let sent = 0;
    await using origin = await startHttp2Origin((stream, head) => {
      stream.respond({ ":status": 200 });
      if (head[":path"] !== "/endless") return void stream.end("hello");
      const pump = (): void => {
        do sent += piece.length;
        while (!stream.destroyed && stream.write(piece));
      };
      stream.on("drain", pump);
      pump();
    });
    await using gateway = await startGatewayOn({
      zones: [zone(origin.url)],
      timeouts: { bodyIdleMs: 60_000 },
    });
    const client = gateway.connect();
    client.socket.pause();
    client.send("GET /endless HTTP/1.1\r\nHost: any.test\r\n\r\n");
    let before = 0;
    let same = 0;
    await waitFor(() => {
      same = sent > 0 && sent === before ? same + 1 : 0;
      before = sent;
      return same > 20;
    }, "the origin was not stopped");

    const other = await gateway.get("/other");
    client.close();

    expect(sent).toBeLessThan(20 * 1024 ** 2);
    expect(other.body.toString()).toBe("hello");
    expect(origin.connections).toBe(1);
  });

  test("content that came whole before the connection ended reaches a client that takes it later", async () => {
    const size = 200_000;
    await using origin = await startHttp2Origin((stream, head) => {
      if (head[":path"] === "/first") return;
      stream.respond({ ":status": 200 });
      stream.end(Buffer.alloc(size, "x"));
      stream.on("close", () => origin.open.forEach((session) => session.destroy()));
    });
    await using gateway = await startGatewayOn({ zones: [zone(origin.url)] });
    const client = gateway.connect();

    // The second response has to wait for the first, which never comes.
    client.send(
      "GET /first HTTP/1.1\r\nHost: any.test\r\n\r\nGET /second HTTP/1.1\r\nHost: any.test\r\n\r\n",
    );

    expect(await gateway.line(({ path }) => path === "/second")).toMatchObject({
      status: 200,
      failure: null,
      responseBytes: size,
    });
    expect(await gateway.line(({ path }) => path === "/first")).toMatchObject({ status: 520 });
    client.close();
  });
});

describe("two hundred megabytes over HTTP/2", () => {
  const size = 200 * 1024 ** 2;

  test("come down and go up at a flat memory", { timeout: 60_000 }, async () => {
    await using origin = await startHttp2Origin((stream, head) => {
      stream.respond({ ":status": 200 });
      if (head[":method"] === "POST") {
        let count = 0;
        stream.on("data", (bytes: Buffer) => (count += bytes.length));
        stream.on("end", () => stream.end(String(count)));
        return;
      }
      stream.resume(); // Else a busy node:http2 ends some streams with a reset instead, and Content-Length is not sent.
      let left = size;
      const pump = (): void => {
        while (left > 0) {
          left -= piece.length;
          if (!stream.write(piece)) return void stream.once("drain", pump);
        }
        stream.end();
      };
      pump();
    });
    await using gateway = await startMeasuredGateway(origin.url, { h2c: true });
    const before = gateway.peakBytes();

    const down = await new Promise<number>((resolve, reject) => {
      let count = 0;
      request({ port: gateway.port }, (res) => {
        res.on("data", (bytes: Buffer) => (count += bytes.length));
        res.on("end", () => resolve(count)).on("error", reject);
      })
        .on("error", reject)
        .end();
    });
    const up = await new Promise<string>((resolve, reject) => {
      const upload = request({ port: gateway.port, method: "POST" }, (res) => {
        res.on("data", (bytes: Buffer) => resolve(bytes.toString()));
      }).on("error", reject);
      let left = size;
      const pump = (): void => {
        while (left > 0) {
          left -= piece.length;
          if (!upload.write(piece)) return void upload.once("drain", pump);
        }
        upload.end();
      };
      pump();
    });

    expect([down, Number(up)]).toEqual([size, size]);
    expect(gateway.peakBytes() - before).toBeLessThan(100 * 1024 ** 2);
  });
});
