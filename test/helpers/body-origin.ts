// An origin for tests of request bodies: it keeps what it is sent, and can break off after so many bytes of it.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as the origin got it. */
export interface Got {
  readonly method: string;
  readonly length: string | undefined;
  readonly bytes: number;
  readonly body: Buffer;
  /** All of it has come. */
  readonly isWhole: boolean;
}

/** A running origin. */
export interface BodyOrigin extends AsyncDisposable {
  /** As a zone takes it. */
  readonly url: string;
  readonly got: readonly Got[];
}

/** When to break the connection off; looked at anew for each request. */
export interface Breaking {
  /** After so many bytes of a body, or at its end if it is shorter; without it, never. */
  after?: number;
  /** Requests of each connection that are answered before that. */
  readonly good?: number;
}

/** Starts an origin that answers 200 to every whole request, unless it is to break. */
export async function startBodyOrigin(breaking: Breaking = {}): Promise<BodyOrigin> {
  const got: Got[] = [];
  const counts = new WeakMap<object, number>();
  const server = createServer((req, res) => {
    const count = (counts.get(req.socket) ?? 0) + 1;
    counts.set(req.socket, count);
    const { after, good = 0 } = breaking;
    const isBreaking = after !== undefined && count > good;
    const { method = "", headers } = req;
    const pieces: Buffer[] = [];
    const one = { method, length: headers["content-length"], bytes: 0, isWhole: false };
    got.push(Object.defineProperty(one, "body", { get: () => Buffer.concat(pieces) }) as never);
    req.on("data", (piece: Buffer) => {
      pieces.push(piece);
      one.bytes += piece.length;
      if (isBreaking && one.bytes >= after) req.socket.destroy();
    });
    req.on("error", () => {});
    req.on("end", () => {
      one.isWhole = true;
      if (isBreaking) req.socket.destroy();
      else res.end("hello");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    got,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
