// A watch on a connected socket, below whatever speaks HTTP on it: how it ended, and of what first.

import type { Socket } from "node:net";
import { Duplex } from "node:stream";

import type { Connection } from "./connect.ts";
import { codeOf } from "./phase-error.ts";

/** Watches one connection for as long as it lives. */
export class Wire {
  readonly socket: Socket;
  /** The first error the socket reported; null while there is none. */
  error: Error | null = null;
  /** The origin has sent its FIN (or close_notify). */
  isEnded = false;
  /** Told of the socket's first error, as soon as it happens. */
  onError: ((error: Error) => void) | null = null;
  /** Told of the origin's end, once that is sure to be one. */
  onEnd: (() => void) | null = null;

  constructor({ socket, tcp }: Pick<Connection, "socket" | "tcp">) {
    this.socket = socket;
    socket.on("error", (error) => this.#failed(error));
    socket.once("end", () => {
      wasReset(tcp, (error) => {
        if (error !== null) return this.#failed(error);
        this.isEnded = true;
        this.onEnd?.();
      });
    });
  }

  #failed(error: Error): void {
    const { socket } = this;
    if (this.error !== null || this.isEnded) return;
    this.error = error;
    this.onError?.(error);
    socket.destroy(); // A TLS socket with a broken record reports it once, then stays open and silent.
  }
}

/**
 * Whether what looks like a FIN was a RST: libuv says the end for both where bytes came with it (`uv__stream_io`, POLLHUP). To write
 * nothing asks the kernel, which still knows. Behind a FIN a RST harms nothing any more, and has another error.
 */
function wasReset(tcp: Socket, told: (error: Error | null) => void): void {
  if (tcp.destroyed || tcp.writableEnded || tcp.writableLength > 0) return told(null);
  // Node's own `write` has been replaced by one that fails by now, since it is about to end the other direction.
  Duplex.prototype.write.call(tcp, "", "latin1", (error) => {
    told(codeOf(error) === "ECONNRESET" ? (error as Error) : null);
  });
}
