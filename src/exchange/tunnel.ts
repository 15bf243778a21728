// After 101: bytes in both directions, whatever they mean, until either side ends. Both sides then close together.

import type { Socket } from "node:net";

import { Deadline } from "./deadline.ts";

/** How long the other side may take to end when one has, in milliseconds since the last byte. */
const closingMs = 2_000;

/** What a tunnel is made of and whom it tells. */
export interface TunnelOptions {
  readonly client: Socket;
  readonly origin: Socket;
  /** Milliseconds without a byte in either direction, after which both are closed. */
  readonly idleMs: number;
  /** Bytes on their way to the origin and to the client. */
  readonly onBytes: (toOrigin: number, toClient: number) => void;
  /** Called once, when both sides are closed or closing; `error` is the origin's, null if it has none. */
  readonly onClosed: (error: Error | null) => void;
}

/** Two connections, joined. */
export class Tunnel {
  readonly #options: TunnelOptions;
  readonly #idle = new Deadline();
  #waitMs: number;
  #isClosed = false;

  constructor(options: TunnelOptions) {
    this.#options = options;
    this.#waitMs = options.idleMs;
    const { client, origin, onBytes } = options;
    client.on("error", () => this.close());
    origin.on("error", (error) => this.close(error));
    client.on("close", () => this.close());
    origin.on("close", () => this.close());
    this.#join(client, origin, (count) => onBytes(count, 0));
    this.#join(origin, client, (count) => onBytes(0, count));
    this.#wait();
  }

  /** Closes both sides at once. */
  close(error: Error | null = null): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#idle.end();
    this.#options.client.destroySoon();
    this.#options.origin.destroySoon();
    this.#options.onClosed(error);
  }

  #join(from: Socket, to: Socket, count: (bytes: number) => void): void {
    from.on("data", (bytes: Buffer) => {
      count(bytes.length);
      this.#wait();
      if (to.write(bytes)) return;
      from.pause();
      to.once("drain", () => from.resume());
    });
    from.on("end", () => {
      to.end();
      this.#waitMs = Math.min(this.#waitMs, closingMs);
      this.#wait();
    });
    from.resume();
  }

  #wait(): void {
    if (!this.#isClosed) this.#idle.start(this.#waitMs, () => this.close());
  }
}
