// The attack: some kilobytes that become gigabytes when they are decompressed. The gateway looks into compressed content to see that it can be
// decoded, so an origin could make it hold what no client ever sees, or be busy with it for ever.
//
// The content is passed on as it came; what is decoded is thrown away at once, a piece at a time, in another thread.

import { createGzip, gzipSync } from "node:zlib";

import { beforeAll, expect, test } from "vitest";

import { startMeasuredGateway } from "../helpers/memory.ts";
import { startOrigin } from "../helpers/origin.ts";
import { RawConnection } from "../helpers/raw-client.ts";

const megabyte = 1024 * 1024;
const decodedMegabytes = 256;
/** What it would take to hold half of the content. */
const mostGrowth = 128 * megabyte;

let bomb: Buffer;

beforeAll(async () => {
  const gzip = createGzip({ level: 9 });
  const pieces: Buffer[] = [];
  gzip.on("data", (piece: Buffer) => pieces.push(piece));
  const zeros = Buffer.alloc(megabyte);
  for (let written = 0; written < decodedMegabytes; written += 1) gzip.write(zeros);
  await new Promise((resolve) => gzip.end(resolve));
  bomb = Buffer.concat(pieces);
});

test("content that grows a thousandfold is passed on as it came, in no more memory than any other", async () => {
  const small = gzipSync("hello");
  await using origin = await startOrigin((socket, head) => {
    const content = head.includes("/bomb") ? bomb : small;
    socket.write(
      `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${content.length}\r\n\r\n`,
    );
    socket.write(content);
  });
  await using gateway = await startMeasuredGateway(origin.url);
  const ask = async (target: string): Promise<Buffer> => {
    const connection = new RawConnection(gateway.port);
    const { body } = await connection.request({
      target,
      headers: [["Host", "a.test"]],
      capMs: 20_000,
    });
    connection.close();
    return body;
  };
  await ask("/small");
  const before = gateway.peakBytes();

  const [first, second, meanwhile] = await Promise.all([ask("/bomb"), ask("/bomb"), ask("/small")]);

  expect(bomb.length).toBeLessThan(megabyte);
  expect(first.equals(bomb)).toBe(true);
  expect(second.equals(bomb)).toBe(true);
  expect(meanwhile.equals(small)).toBe(true);
  expect(gateway.peakBytes() - before).toBeLessThan(mostGrowth);
});
