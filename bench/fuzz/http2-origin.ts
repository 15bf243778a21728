// An origin of HTTP/2 that does with each request what was planned for it. Node's own server listens, so that requests can be read; what
// it would answer goes nowhere.

import { once } from "node:events";
import { constants, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { Duplex } from "node:stream";

import { perform, type Performance } from "./http1-origin.ts";

/** Where a request has come. */
export interface Arrival {
  readonly id: number;
  /** Nothing has been sent on its connection so far. */
  readonly isFirst: boolean;
}

/** An origin that waits for requests that were announced to it. */
export interface Http2Origin extends AsyncDisposable {
  readonly url: string;
  /** Says what is to be done with the request whose path is this marker and tag, as often as it comes. */
  expect(marker: string, tag: string, plan: (arrival: Arrival) => Performance): void;
  /** Requests with that marker are over. */
  forget(marker: string): void;
}

/** Starts one. */
export async function startHttp2Origin(): Promise<Http2Origin> {
  const plans = new Map<string, Map<string, (arrival: Arrival) => Performance>>();
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
    let isFirst = true;
    let turn = Promise.resolve();
    listenTo(socket, (path, id) => {
      const [, marker = "", tag = ""] = path.split("/");
      const plan = plans.get(marker)?.get(tag)?.({ id, isFirst });
      if (plan === undefined) return;
      isFirst = false;
      turn = turn.then(() => perform(socket, plan));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    expect(marker, tag, plan) {
      const known = plans.get(marker) ?? new Map<string, (arrival: Arrival) => Performance>();
      plans.set(marker, known.set(tag, plan));
    },
    forget: (marker) => void plans.delete(marker),
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Tells of each request, by its path and stream. */
function listenTo(socket: Socket, onRequest: (path: string, id: number) => void): void {
  const ear = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const listener = createHttp2Server();
  listener.on("session", (session) => session.on("error", () => {}));
  listener.on("sessionError", () => {});
  listener.on("stream", (stream, fields) => {
    stream.on("error", () => {});
    onRequest(String(fields[constants.HTTP2_HEADER_PATH]), stream.id ?? 0);
  });
  listener.emit("connection", ear);
  socket.once("data", (bytes) => {
    if (!bytes.toString("latin1").startsWith("PRI")) socket.end(); // HTTP/1.1, for which there are no plans.
  });
  socket.on("data", (bytes) => {
    if (!ear.destroyed) ear.push(bytes);
  });
  socket.on("close", () => ear.destroy());
}
