import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

import { describe, expect, test } from "vitest";

import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { startGatewayProcess } from "../helpers/memory.ts";
import { startOrigin } from "../helpers/origin.ts";

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
    await using gateway = await startGatewayProcess(origin.url);
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
    await using gateway = await startGatewayProcess(origin.url);
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
});
