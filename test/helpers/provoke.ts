// What comes back for bytes that are no proper request, until the connection is closed.

import { connect, type Socket } from "node:net";

import { waitFor } from "./gateway.ts";

/** What came of it. */
export interface Provoked {
  /** Everything received, byte for character. */
  readonly received: string;
  /** Statuses of the final responses among it, in their order. */
  readonly statuses: readonly number[];
}

/** How to provoke. */
export interface ProvokeOptions {
  /** Whether the client ends its side when it has sent everything. */
  readonly ends?: boolean;
  readonly withinMs?: number;
  /** Gets the connection when everything has been sent. */
  readonly afterwards?: (socket: Socket) => void;
}

/** Sends bytes over a connection of their own. Rejects if that is not closed in time. */
export async function provoke(
  port: number,
  bytes: string | Buffer,
  { ends = false, withinMs = 10_000, afterwards }: ProvokeOptions = {},
): Promise<Provoked> {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  socket.on("error", () => {});
  socket.on("data", (piece) => {
    received += piece.toString("latin1");
  });
  socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes, () =>
    afterwards?.(socket),
  );
  if (ends) socket.end();
  try {
    await waitFor(() => socket.closed, "the connection is still open", withinMs);
  } finally {
    socket.destroy();
  }
  return { received, statuses: statusesIn(received) };
}

/** Statuses of the final responses in what a client received. */
export function statusesIn(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.1 ([2-5]\d\d) /g)].map(([, status]) => Number(status));
}
