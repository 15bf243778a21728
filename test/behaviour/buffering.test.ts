import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";

import { describe, expect, test } from "vitest";

import { writeSpaced } from "../../fixtures/http/timers.ts";
import type { ConfigFile, ZoneFile } from "../../src/config/schema.ts";
import { startGateway, startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { field } from "../helpers/raw-client.ts";

/** A gateway whose only zone gathers up to 1000 bytes. */
function startBuffering(
  origin: string,
  zone: Partial<ZoneFile> = {},
  timeouts: ConfigFile["timeouts"] = {},
): Promise<TestGateway> {
  return startGatewayOn({
    zones: [
      { hosts: ["*"], origins: [origin], buffer: true, limits: { bufferBytes: 1_000 }, ...zone },
    ],
    timeouts,
  });
}

const chunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

function chunk(bytes: string): string {
  return `${bytes.length.toString(16)}\r\n${bytes}\r\n`;
}

describe("buffer: true", () => {
  test("keeps head and content back until enough has gathered, and then lets all of it go", async () => {
    let slow: Socket | null = null;
    await using origin = await startOrigin((socket, head) => {
      if (head.startsWith("GET /other")) return void socket.write(ok());
      slow = socket;
      return void socket.write(chunkedHead + chunk("a".repeat(999)));
    });
    await using gateway = await startBuffering(origin.url);
    const client = gateway.connect();
    let received = "";
    client.socket.on("data", (bytes) => {
      received += bytes.toString();
    });
    client.send("GET /slow HTTP/1.1\r\nHost: any.test\r\n\r\n");
    await waitFor(() => slow, "the request has not come");
    // Two others go there and back: what was to come by itself would have come meanwhile.
    await gateway.get("/other");
    await gateway.get("/other");

    const before = received;
    (slow as Socket | null)?.write(chunk("b"));
    await waitFor(() => received.includes("ab"), "what has gathered does not come");

    expect(before).toBe("");
    expect(received.startsWith("HTTP/1.1 200 OK\r\n")).toBe(true);
    client.close();
  });

  test("lets the rest go when the content ends, with its trailers", async () => {
    await using origin = await startOrigin(
      (socket) =>
      socket.write(`${chunkedHead.replace("\r\n\r\n", "\r\nTrailer: X-Sum\r\n\r\n")}${chunk("hello")}0\r\nX-Sum: 9\r\n\r\n`), // prettier-ignore
    );
    await using gateway = await startBuffering(origin.url);

    const response = await gateway.get();

    expect([response.status, response.ending]).toEqual([200, "complete"]);
    expect(response.body.toString()).toBe("hello");
    expect(response.trailers).toEqual(["X-Sum: 9"]);
    expect(await gateway.line()).toMatchObject({ responseBytes: 5, originStatus: 200 });
  });

  test("swallows heartbeats that an unbuffered zone passes on", async () => {
    await using gateway = await startGateway({
      fixtures: ["sse-heartbeats"],
      zone: { buffer: true },
      timeouts: { bodyIdleMs: 700 },
    });
    const client = gateway.connect();
    const arrivals: number[] = [];
    client.socket.on("data", () => arrivals.push(performance.now()));
    const startedAt = performance.now();

    const response = await client.request({ headers: [["Host", "sse-heartbeats.test"]] });
    client.close();

    expect(response.body.toString()).toContain("data: late");
    expect((arrivals[0] ?? 0) - startedAt).toBeGreaterThan(2_000);
  });

  test("answers 520 where an origin falls silent, or goes, before anything has left", async () => {
    await using origin = await startOrigin((socket, head) => {
      socket.write(chunkedHead + chunk("hello"));
      if (head.startsWith("GET /goes")) socket.end();
    });
    await using gateway = await startBuffering(origin.url, {}, { bodyIdleMs: 200 });

    const responses = [await gateway.get("/silent"), await gateway.get("/goes")];

    expect(responses.map(({ status }) => status)).toEqual([520, 520]);
    await gateway.line(({ path }) => path === "/goes");
    expect(gateway.lines).toMatchObject([
      { reason: "stalled", late: false, originStatus: 0 },
      { reason: "closed_early", late: false, originStatus: 0 },
    ]);
  });

  test("cuts where something has left", async () => {
    await using origin = await startOrigin((socket) =>
      socket.write(chunkedHead + chunk("a".repeat(1_500)) + chunk("b")),
    );
    await using gateway = await startBuffering(origin.url, {}, { bodyIdleMs: 200 });

    const response = await gateway.get();

    expect([response.status, response.ending]).toEqual([200, "truncated"]);
    expect(await gateway.line()).toMatchObject({ reason: "stalled", late: true });
  });

  test.each([
    ["GET", "HTTP/1.1 204 No Content\r\n\r\n", 204],
    ["GET", 'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nContent-Length: 5\r\n\r\n', 304],
    ["GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200],
    ["HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200],
  ])("%s is answered at once where there is no content (%#)", async (method, answer, status) => {
    await using origin = await startOrigin((socket) => socket.write(answer));
    await using gateway = await startBuffering(origin.url);

    const response = await gateway.request({ method });

    expect([response.status, response.ending, response.body.length]).toEqual([status, "complete", 0]); // prettier-ignore
  });

  test("leaves content as it is, in whatever pieces it came", async () => {
    const body = Array.from({ length: 20_000 }, (_, index) => index % 10).join("");
    await using origin = await startOrigin((socket) => {
      const chunks = body.match(/.{1,777}/g) ?? [];
      socket.write(`${chunkedHead}${chunks.map(chunk).join("")}0\r\n\r\n`);
    });
    await using gateway = await startBuffering(origin.url);

    const response = await gateway.get();

    expect(response.body.toString()).toBe(body);
  });

  test("looks into compressed content all the same", async () => {
    const good = gzipSync("hello".repeat(1_000)).toString("latin1");
    const bad = good.slice(0, -4);
    await using origin = await startOrigin((socket, head) =>
      socket.write(
        Buffer.from(ok(head.startsWith("GET /bad") ? bad : good, "Content-Encoding: gzip\r\n"), "latin1"), // prettier-ignore
      ),
    );
    await using gateway = await startBuffering(origin.url);

    const [whole, cut] = [await gateway.get("/good"), await gateway.get("/bad")];

    expect([whole.status, whole.body.toString("latin1")]).toEqual([200, good]);
    expect(field(whole, "content-length")).toBe(String(good.length));
    expect(cut.status).toBe(502);
  });

  test("keeps compressed content's last piece until its end has been found right", async () => {
    const gzip = gzipSync(randomBytes(3_000)).subarray(0, -8); // Without its checksum.
    await using origin = await startOrigin((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${gzip.length}\r\n\r\n`);
      const bytes = gzip.toString("latin1");
      writeSpaced(socket, 30, [bytes.slice(0, 900), bytes.slice(900, 1_800), bytes.slice(1_800, 2_500), bytes.slice(2_500)]);
    }); // prettier-ignore
    await using gateway = await startBuffering(origin.url);

    const response = await gateway.get();

    expect([response.status, response.ending]).toEqual([200, "truncated"]);
    expect(await gateway.line()).toMatchObject({ failure: "http_response_content_coding", late: true }); // prettier-ignore
  });

  test("stops the origin where the client does not read", async () => {
    let written = 0;
    const piece = Buffer.alloc(65_536, "x");
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
    await using gateway = await startBuffering(origin.url, {}, { bodyIdleMs: 400 });
    const client = gateway.connect();
    client.socket.pause();

    client.send("GET / HTTP/1.1\r\nHost: any.test\r\n\r\n");

    expect(await gateway.line()).toMatchObject({ status: 499, failure: null });
    expect(written).toBeLessThan(50_000_000);
    client.close();
  });
});
