// A connection to an origin, on a real socket: what it does with a request when the connection ends at the wrong moment.

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { Duplex } from "node:stream";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Connection } from "../../src/connect/connect.ts";
import { codeOf } from "../../src/connect/phase-error.ts";
import { OriginConnection } from "../../src/exchange/origin-connection.ts";
import type { LaneRequest } from "../../src/exchange/origin-lane.ts";
import { waitFor } from "../helpers/gateway.ts";

const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const request: LaneRequest = {
  method: "GET",
  path: "/",
  fields: ["host", "a.test"],
  body: null,
  upgrade: null,
};

let server: Server;
const accepted: Socket[] = [];

beforeAll(async () => {
  server = createServer((socket) => {
    accepted.push(socket);
    socket.on("error", () => {});
    socket.on("data", () => socket.write(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterAll(() => {
  for (const socket of accepted) socket.destroy();
  server.close();
});

async function open(keepAliveMs = 5_000): Promise<OriginConnection> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  await once(socket, "connect");
  const connection = { socket } as unknown as Connection;
  return new OriginConnection(connection, { responseHeaderBytes: 1_000, waits: { keepAliveMs } });
}

function fail(): never {
  throw new Error("something else was told");
}

/** Sends a request; resolves with the content, or with the code of what went wrong. */
function ask(lane: OriginConnection): Promise<string> {
  return new Promise((resolve) => {
    let content = "";
    lane.send(request, {
      onRequestSent: () => {},
      onHead: () => {},
      onData: (piece) => {
        content += piece.toString();
      },
      onComplete: () => resolve(content),
      onUpgrade: () => resolve("upgraded"),
      onError: (error) => resolve(codeOf(error)),
    });
  });
}

describe("a connection to an origin", () => {
  test("carries one request after another", async () => {
    const lane = await open();

    expect([await ask(lane), await ask(lane), await ask(lane)]).toEqual(["ok", "ok", "ok"]);
    expect(lane.isUsable).toBe(true);
    lane.destroy();
  });

  test("that was lost before the request says so, with nothing sent", async () => {
    const lane = await open();
    lane.connection.socket.destroy();
    await once(lane.connection.socket, "close");

    expect(await ask(lane)).toBe("CONNECTION_SPENT");
    expect(lane.isSent).toBe(false);
  });

  test("that ends while the next request waits for its turn has sent nothing of it", async () => {
    const lane = await open();
    await ask(lane);
    const asking = ask(lane);
    lane.connection.socket.destroy(Object.assign(new Error("reset"), { code: "ECONNRESET" }));

    expect(await asking).toBe("ECONNRESET");
    expect(lane.isSent).toBe(false);
  });

  test("takes no bytes that are there before a request leaves for its answer", async () => {
    const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    const lane = new OriginConnection({ socket: socket as Socket } as Connection, {
      responseHeaderBytes: 1_000,
      waits: { keepAliveMs: 5_000 },
    });
    const first = ask(lane);
    socket.push(answer);
    expect(await first).toBe("ok");

    const second = ask(lane);
    socket.push(answer);

    expect(await second).toBe("CONNECTION_SPENT");
    expect(lane.isSent).toBe(false);
  });

  test("that is given up tells nobody any more", async () => {
    const lane = await open();
    let hasTold = false;
    const asking = ask(lane).then(() => {
      hasTold = true;
    });
    lane.destroy();
    await once(lane.connection.socket, "close");
    await Promise.race([asking, new Promise((resolve) => setImmediate(resolve))]);

    expect(hasTold).toBe(false);
  });

  test("is no use when it has idled for too long, and closes", async () => {
    const lane = await open(30);
    await ask(lane);

    await waitFor(() => lane.connection.socket.destroyed, "it is still open");

    expect(lane.isUsable).toBe(false);
  });

  test("cannot be made to send a request that would end before its end", async () => {
    for (const bad of [
      { ...request, path: "/ HTTP/1.1\r\nX: y" },
      { ...request, method: "GET / HTTP/1.1\r\nX:" },
      { ...request, fields: ["host", "a\r\nX: y"] },
      { ...request, fields: ["host", "a", "X\r\nY", "z"] },
      { ...request, fields: ["host", "caf\u0119"] },
    ]) {
      const lane = await open(); // oxlint-disable-line no-await-in-loop -- One after the other.
      const error = new Promise<Error>((resolve) => {
        lane.send(bad, {
          onRequestSent: fail,
          onHead: fail,
          onData: fail,
          onComplete: fail,
          onUpgrade: fail,
          onError: resolve,
        });
      });
      expect(await error).toBeInstanceOf(TypeError); // oxlint-disable-line no-await-in-loop
      expect(lane.isSent).toBe(false);
    }
  });
});
