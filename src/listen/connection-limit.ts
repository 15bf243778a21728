// Before anything is read of a client: how many connections there may be. With one too many the oldest gives way that carries no
// request, so that whoever opens thousands of them and says nothing keeps nobody else out.

import type { Socket } from "node:net";

/** Bounds the connections of clients. */
export class ConnectionLimit {
  /** Connections at the same time. */
  most: number;
  /** In the order in which they came, each with what tells whether a request is under way on it. */
  readonly #open = new Map<Socket, () => boolean>();

  constructor(most: number) {
    this.most = most;
  }

  /** Counts a connection that was accepted; one that is known already is not counted twice. */
  admit(socket: Socket, isBusy: () => boolean): void {
    if (this.#open.has(socket)) return;
    this.#open.set(socket, isBusy);
    socket.once("close", () => this.#open.delete(socket));
    if (this.#open.size > this.most) this.#makeRoom();
  }

  /** The newest is among those that may have to go. */
  #makeRoom(): void {
    for (const [socket, isBusy] of this.#open) {
      if (isBusy()) continue;
      this.#open.delete(socket);
      socket.destroy();
      return;
    }
  }
}
