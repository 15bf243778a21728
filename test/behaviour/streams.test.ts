import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import { describe, expect, test } from "vitest";

import { startGateway, startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { startMeasuredGateway } from "../helpers/memory.ts";
import { startOrigin } from "../helpers/origin.ts";
import { EventReader } from "../helpers/event-reader.ts";

const gigabyte = 1024 ** 3;
const piece = Buffer.alloc(256 * 1024, "x");

/** Above what the gateway needs to be there at all. */
const slackBytes = 100 * 1024 ** 2;

/** An origin that sends a gigabyte to GET, and counts what POST brings. */
async function startBigOrigin() {
  const server = createServer((req, res) => {
    if (req.method === "POST") {
      let count = 0;
      req.on("data", (bytes: Buffer) => {
        count += bytes.length;
      });
      req.on("end", () => res.end(String(count)));
      return;
    }
    let left = gigabyte;
    res.writeHead(200, { "content-length": gigabyte });
    const pump = (): void => {
      while (left > 0) {
        left -= piece.length;
        if (!res.write(piece)) return void res.once("drain", pump);
      }
      res.end();
    };
    pump();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

describe("a gigabyte", () => {
  test("comes down at a flat memory", { timeout: 60_000 }, async () => {
    await using origin = await startBigOrigin();
    await using gateway = await startMeasuredGateway(origin.url);
    const before = gateway.peakBytes();

    const received = await new Promise<number>((resolve, reject) => {
      request({ port: gateway.port, path: "/" }, (res) => {
        let count = 0;
        res.on("data", (bytes: Buffer) => {
          count += bytes.length;
        });
        res.on("end", () => resolve(count));
      })
        .on("error", reject)
        .end();
    });

    expect(received).toBe(gigabyte);
    expect(gateway.peakBytes() - before).toBeLessThan(slackBytes);
  });

  test("goes up at a flat memory", { timeout: 60_000 }, async () => {
    await using origin = await startBigOrigin();
    await using gateway = await startMeasuredGateway(origin.url);
    const before = gateway.peakBytes();

    const answered = await new Promise<string>((resolve, reject) => {
      const req = request(
        { port: gateway.port, method: "POST", headers: { "content-length": gigabyte } },
        (res) => {
          res.setEncoding("latin1").on("data", resolve);
        },
      );
      req.on("error", reject);
      let left = gigabyte;
      const pump = (): void => {
        while (left > 0) {
          left -= piece.length;
          if (!req.write(piece)) return void req.once("drain", pump);
        }
        req.end();
      };
      pump();
    });

    expect(answered).toBe(String(gigabyte));
    expect(gateway.peakBytes() - before).toBeLessThan(slackBytes);
  });
});

describe("backpressure", () => {
  test("a client that does not read stops the origin, and is let go when it reads nothing for too long", async () => {
    let written = 0;
    await using origin = await startOrigin((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
      const pump = (): void => {
        while (written < 1_000_000_000 && !socket.destroyed) {
          written += piece.length;
          if (!socket.write(piece)) return void socket.once("drain", pump);
        }
      };
      pump();
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
      timeouts: { bodyIdleMs: 400 },
    });
    const client = gateway.connect();
    client.socket.pause();

    client.send("GET / HTTP/1.1\r\nHost: any.test\r\n\r\n");

    expect(await gateway.line()).toMatchObject({ status: 499, failure: null });
    expect(written).toBeLessThan(50_000_000);
    await waitFor(() => origin.open.size === 0, "the origin's connection is still open");
    client.close();
  });

  test("a slow reader is no stalled origin", async () => {
    await using origin = await startOrigin((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 12000000\r\n\r\n${"x".repeat(12_000_000)}`);
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
      timeouts: { bodyIdleMs: 900 },
    });
    const client = gateway.connect();
    const slow = setInterval(() => {
      client.socket.resume();
      setTimeout(() => client.socket.pause(), 2);
    }, 80);

    const response = await client.request({ headers: [["Host", "any.test"]] });
    clearInterval(slow);
    client.close();

    expect([response.ending, response.body.length]).toEqual(["complete", 12_000_000]);
  });
});

describe("server-sent events", () => {
  test("pass one by one, unbuffered, for longer than the read deadline, which each resets", async () => {
    await using origin = await startOrigin((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
      let count = 0;
      const timer = setInterval(() => {
        count += 1;
        socket.write(`data: ${count}\n\n`);
        if (count === 6) {
          clearInterval(timer);
          socket.end();
        }
      }, 100);
      socket.on("close", () => clearInterval(timer));
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
      timeouts: { responseMs: 300, bodyIdleMs: 300 },
    });
    const client = gateway.connect();
    const arrivals: number[] = [];
    client.socket.on("data", () => arrivals.push(performance.now()));

    const response = await client.request({ headers: [["Host", "any.test"]] });
    client.close();

    expect(response.ending).toBe("complete");
    expect(response.body.toString()).toBe(
      "data: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\ndata: 5\n\ndata: 6\n\n",
    );
    expect(arrivals.length).toBeGreaterThanOrEqual(6);
  });

  test("reach the client one by one: no event waits for the next", async () => {
    let origin: Socket | null = null;
    await using server = await startOrigin((socket) => {
      origin = socket;
      socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 0\n\n");
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [server.url] }],
    });
    using events = new EventReader(gateway.port);

    const read = [await events.next()];
    for (let count = 1; count <= 5; count += 1) {
      (origin as Socket | null)?.write(`id: ${count}\ndata: ${count}\n\n`);
      // oxlint-disable-next-line no-await-in-loop -- The next is sent when this one has arrived, and not before.
      read.push(await events.next());
    }

    expect(read.map(({ data }) => data)).toEqual(["0", "1", "2", "3", "4", "5"]);
    expect(events.contentType).toBe("text/event-stream");
  });

  test("that are silent from the start get 524, with clock 0.01 in about a second", async () => {
    await using gateway = await startGateway({
      fixtures: ["sse-silent"],
      // A lookup and a connection take longer than the few milliseconds that would be left of a test's deadlines.
      timeouts: { dnsMs: 80_000, connectMs: 80_000, responseMs: 125_000, bodyIdleMs: 125_000 },
      clock: 0.01,
    });
    const startedAt = performance.now();

    const response = await gateway.get("/", [["Accept", "text/event-stream"]]);

    const tookMs = performance.now() - startedAt;
    expect(response.status).toBe(524);
    expect(tookMs).toBeGreaterThan(1_200);
    expect(tookMs).toBeLessThan(2_500);
    expect(await gateway.line()).toMatchObject({ failure: "http_response_timeout", late: false });
  });

  test("that fall silent after their head are cut", async () => {
    await using gateway = await startGateway({
      fixtures: ["sse-after-head-silent"],
      timeouts: { bodyIdleMs: 300 },
    });

    const response = await gateway.get();

    expect([response.status, response.ending]).toEqual([200, "truncated"]);
    expect(response.body.toString()).toBe("data: hello\n\n");
    expect(await gateway.line()).toMatchObject({
      status: 200,
      code: 520,
      failure: "http_response_incomplete",
      reason: "stalled",
      late: true,
    });
  });

  test("live on heartbeats far beyond the idle limit", async () => {
    await using gateway = await startGateway({
      fixtures: ["sse-heartbeats"],
      timeouts: { responseMs: 700, bodyIdleMs: 700 },
    });

    const response = await gateway.get();

    expect(response.ending).toBe("complete");
    expect(response.body.toString()).toBe(`${": heartbeat\n".repeat(10)}\ndata: late\n\n`);
    expect((await gateway.line())["totalMs"]).toBeGreaterThan(2_000);
  });
});

describe("the read deadline", () => {
  test("is not put off by interim responses", async () => {
    await using origin = await startOrigin((socket) => {
      const timer = setInterval(() => socket.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), 100); // prettier-ignore
      socket.on("close", () => clearInterval(timer));
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
      timeouts: { responseMs: 500 },
    });

    const response = await gateway.get();

    const { totalMs } = await gateway.line();
    expect(response.status).toBe(524);
    expect(response.interim.length).toBeGreaterThanOrEqual(2);
    expect(totalMs).toBeLessThan(1_500);
  });

  test("is not put off by the head's own bytes", async () => {
    await using origin = await startOrigin((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nX-Long: ");
      const timer = setInterval(() => socket.write("x"), 50);
      socket.on("close", () => clearInterval(timer));
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
      timeouts: { responseMs: 400 },
    });

    const response = await gateway.get();

    expect(response.status).toBe(524);
  });

  test("is put off by every byte of the content: one each 100 ms is enough for ever", async () => {
    await using gateway = await startGateway({
      fixtures: ["body-dribbles"],
      timeouts: { responseMs: 400, bodyIdleMs: 400 },
    });

    const response = await gateway.get();

    expect([response.ending, response.body.toString()]).toEqual(["complete", "0123456789"]);
  });
});
