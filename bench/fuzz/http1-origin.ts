// An origin of HTTP/1.1 that does with each request what was planned for it.

import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

import { breakOff } from "../../fixtures/break-off.ts";
import { type Ending, piecesOf } from "./plan.ts";

/** What is sent, and what becomes of the connection then. */
export interface Performance {
  readonly bytes: Buffer;
  readonly cuts: readonly number[];
  readonly ending: Ending;
}

/** An origin that waits for requests that were announced to it. */
export interface PlannedOrigin extends AsyncDisposable {
  readonly url: string;
  /** Says what is to be done with the request whose path is this marker and tag, as often as it comes. */
  expect(marker: string, tag: string, performance: Performance): void;
  /** Requests with that marker are over. */
  forget(marker: string): void;
}

/** Starts one. */
export async function startHttp1Origin(): Promise<PlannedOrigin> {
  const plans = new Map<string, Map<string, Performance>>();
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    let pending = "";
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
    socket.on("data", (bytes) => {
      pending += bytes.toString("latin1");
      for (let end = pending.indexOf("\r\n\r\n"); end >= 0; end = pending.indexOf("\r\n\r\n")) {
        const [, marker = "", tag = ""] = (pending.split(" ", 2)[1] ?? "").split("/");
        pending = pending.slice(end + 4);
        const plan = plans.get(marker)?.get(tag);
        if (plan !== undefined) void perform(socket, plan);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    expect(marker, tag, performance) {
      const known = plans.get(marker) ?? new Map<string, Performance>();
      plans.set(marker, known.set(tag, performance));
    },
    forget: (marker) => void plans.delete(marker),
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Sends the pieces one after the other, and ends the connection, or not. Resolves when all have left. */
export function perform(socket: Socket, { bytes, cuts, ending }: Performance): Promise<void> {
  const pieces = piecesOf(bytes, cuts);
  return new Promise((resolve) => {
    const next = (): void => {
      const piece = socket.destroyed ? undefined : pieces.shift();
      if (piece !== undefined) return void socket.write(piece, () => setImmediate(next));
      if (ending === "ends") socket.end();
      else if (ending === "resets" && !socket.destroyed) breakOff(socket);
      resolve();
    };
    next();
  });
}
