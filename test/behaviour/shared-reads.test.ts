// What origins send is read into memory that all connections share: see docs/decisions/0028. Here many different responses are under
// way at once, in every framing and size, to clients of every pace, and no byte may be another's.

import { once } from "node:events";
import { Agent, createServer, request as request1, type IncomingMessage } from "node:http";
import { connect as connect2 } from "node:http2";
import { Agent as SecureAgent, request as requestSecurely } from "node:https";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { gunzipSync, gzipSync } from "node:zlib";

import { afterAll, beforeAll, expect, test } from "vitest";

import { startGatewayOn, type TestGateway } from "../helpers/gateway.ts";
import { makeSecureListener, type SecureListener } from "../helpers/secure-listener.ts";

const sizes = [100, 5_000, 40_000, 70_000, 300_000, 1_500_000];
const framings = ["counted", "chunked", "untilClose", "gzip"] as const;
type Framing = (typeof framings)[number];

/** Content in which each word says whose it is and where it stands. */
function contentOf(seed: number, size: number): Buffer {
  const bytes = Buffer.alloc(Math.ceil(size / 8) * 8);
  for (let at = 0; at < bytes.length; at += 8) {
    bytes.writeUInt32BE(seed, at);
    bytes.writeUInt32BE(at, at + 4);
  }
  return bytes.subarray(0, size);
}

/** Sends what the path asks for, `/framing/size/seed`, in pieces of odd lengths. */
const origin = createServer((req, res) => {
  const [, framing = "", size = "", seed = ""] = (req.url ?? "").split("/");
  const plain = contentOf(Number(seed), Number(size));
  const content = framing === "gzip" ? gzipSync(plain, { level: 1 }) : plain;
  res.setHeader("x-seed", seed);
  if (framing === "gzip") res.setHeader("content-encoding", "gzip");
  if (framing === "counted") res.setHeader("content-length", content.length);
  if (framing === "untilClose") {
    res.removeHeader("connection");
    res.socket?.write(`HTTP/1.1 200 OK\r\nx-seed: ${seed}\r\n\r\n`);
    res.socket?.end(content);
    return;
  }
  const step = 7 + Number(seed) * 1_013;
  for (let at = 0; at < content.length; at += step) res.write(content.subarray(at, at + step));
  res.end();
});

let secure: SecureListener;
let gateway: TestGateway;

beforeAll(async () => {
  origin.listen(0, "127.0.0.1");
  await once(origin, "listening");
  secure = await makeSecureListener("shop.test");
  const url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
  gateway = await startGatewayOn({
    listen: secure.listen,
    zones: [
      { hosts: ["shop.test"], origins: [url] },
      { hosts: ["buffered.test"], origins: [url], buffer: true },
    ],
    timeouts: { responseMs: 20_000, bodyIdleMs: 20_000, connectMs: 20_000 },
  });
});
afterAll(async () => {
  await gateway.close();
  secure.remove();
  origin.closeAllConnections();
  origin.close();
});

/** Everything that comes, at once or with many pauses. */
async function readAll(stream: Readable, isSlow: boolean): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) {
    pieces.push(piece as Buffer);
    if (isSlow) await pause(2);
  }
  return Buffer.concat(pieces);
}

type Ask = (path: string, isSlow: boolean) => Promise<Buffer>;

/** Clients of each kind, and what ends them. */
function clients(): { asks: readonly Ask[]; end: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 12 });
  const secureAgent = new SecureAgent({ keepAlive: true, maxSockets: 12 });
  const session = connect2(`https://127.0.0.1:${gateway.securePort}`, {
    ca: secure.rootPem,
    servername: "shop.test",
  });
  const plainly =
    (host: string): Ask =>
    async (path, isSlow) => {
      const asked = request1({ port: gateway.port, path, agent, headers: { host } }).end();
      const [response] = (await once(asked, "response")) as [IncomingMessage];
      return readAll(response, isSlow);
    };
  return {
    asks: [
      plainly("shop.test"),
      plainly("buffered.test"),
      async (path, isSlow) => {
        const asked = requestSecurely({
          port: gateway.securePort,
          path,
          agent: secureAgent,
          servername: "shop.test",
          ca: secure.rootPem,
          headers: { host: "shop.test" },
        }).end();
        const [response] = (await once(asked, "response")) as [IncomingMessage];
        return readAll(response, isSlow);
      },
      (path, isSlow) =>
        readAll(session.request({ ":path": path, ":authority": "shop.test" }), isSlow),
    ],
    end() {
      agent.destroy();
      secureAgent.destroy();
      session.close();
    },
  };
}

test("no byte of one response is ever another's", { timeout: 60_000 }, async () => {
  const { asks, end } = clients();
  const plan = sizes
    .flatMap((size) => framings.map((framing): [Framing, number] => [framing, size]))
    .flatMap(([framing, size]) => asks.map((ask) => ({ framing, size, ask })))
    .flatMap((one) => [true, false].map((isSlow) => ({ ...one, isSlow })));

  const wrong = await Promise.all(
    plan.map(async ({ framing, size, ask, isSlow }, index) => {
      const received = await ask(`/${framing}/${size}/${index}`, isSlow);
      const content = framing === "gzip" ? gunzipSync(received) : received;
      return content.equals(contentOf(index, size)) ? [] : [`${framing}, ${size} bytes, ${isSlow}`];
    }),
  );
  end();

  expect(plan.length).toBeGreaterThan(150);
  expect(wrong.flat()).toEqual([]);
});
