// A watch on a connected socket, below whatever speaks HTTP on it: how it ended, and of what first.

import type { Socket } from "node:net";

/** Watches one socket for as long as it lives. */
export class Wire {
  readonly socket: Socket;
  /** The first error the socket reported; null while there is none. */
  error: Error | null = null;
  /** The origin has sent its FIN (or close_notify). */
  isEnded = false;
  /** Told of the socket's first error, as soon as it happens. */
  onError: ((error: Error) => void) | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", (error) => {
      if (this.error !== null) return;
      this.error = error;
      this.onError?.(error);
      socket.destroy(); // A TLS socket with a broken record reports it once, then stays open and silent.
    });
    socket.on("end", () => {
      this.isEnded = true;
    });
  }
}
