// The connections of one zone to one origin: kept ones are reused, last in first out; new ones are bounded, and so is the queue.

import { ExchangeError } from "../classify/exchange-error.ts";
import { connectTo, type ConnectOptions } from "../connect/connect.ts";
import type { Target } from "../connect/target.ts";
import { type ConnectionLimits, OriginConnection } from "./origin-connection.ts";

/** What a pool may hold. */
export interface PoolLimits extends ConnectionLimits {
  readonly originConnections: number;
  readonly originQueue: number;
  /** Milliseconds for which a request may wait for a connection. */
  readonly queueMs: number;
}

/** How many connections there are in each state, for the metric `edgecase_origin_connections`. */
export interface PoolCounts {
  readonly idle: number;
  readonly active: number;
  readonly connecting: number;
  readonly queued: number;
}

/** Connections to one origin. */
export class OriginPool {
  readonly target: Target;
  readonly #limits: PoolLimits;
  readonly #idle: OriginConnection[] = [];
  readonly #all = new Set<OriginConnection>();
  readonly #waiting: (() => void)[] = [];
  #connecting = 0;

  constructor(target: Target, limits: PoolLimits) {
    this.target = target;
    this.#limits = limits;
  }

  /** A kept connection whose certificate is good for this host; null if there is none. */
  takeIdle(requestHost: string): OriginConnection | null {
    for (let index = this.#idle.length - 1; index >= 0; index -= 1) {
      const candidate = this.#idle[index];
      if (candidate === undefined || !candidate.isUsable) {
        this.#idle.splice(index, 1);
        continue;
      }
      const { validFor } = candidate.connection;
      if (validFor !== null && validFor !== requestHost) continue;
      this.#idle.splice(index, 1);
      return candidate;
    }
    return null;
  }

  /** Opens a connection. Rejects with PhaseError, or with ExchangeError `CONNECTION_LIMIT` if there may be no more. */
  async open(options: ConnectOptions): Promise<OriginConnection> {
    await this.#waitForRoom();
    this.#connecting += 1;
    try {
      const opened = new OriginConnection(await connectTo(this.target, options), this.#limits);
      this.#all.add(opened);
      opened.wire.socket.once("close", () => {
        this.#all.delete(opened);
        this.#admitNext();
      });
      return opened;
    } catch (error) {
      setImmediate(() => this.#admitNext());
      throw error;
    } finally {
      this.#connecting -= 1;
    }
  }

  /** Keeps a connection whose response is complete. undici may still be about to close it, so it is checked when taken. */
  release(connection: OriginConnection): void {
    if (!connection.isUsable) return;
    if (this.#waiting.length > 0) connection.destroy();
    else this.#idle.push(connection);
  }

  get counts(): PoolCounts {
    for (let index = this.#idle.length - 1; index >= 0; index -= 1) {
      if (this.#idle[index]?.isUsable !== true) this.#idle.splice(index, 1);
    }
    const idle = this.#idle.length;
    return {
      idle,
      active: this.#all.size - idle,
      connecting: this.#connecting,
      queued: this.#waiting.length,
    };
  }

  /** Destroys every connection. */
  close(): void {
    for (const connection of this.#all) connection.destroy();
    this.#idle.length = 0;
  }

  #waitForRoom(): Promise<void> | undefined {
    if (this.#all.size + this.#connecting < this.#limits.originConnections) return undefined;
    if (this.#waiting.length >= this.#limits.originQueue) {
      throw new ExchangeError(
        "CONNECTION_LIMIT",
        `${this.#limits.originConnections} connections are in use and ${this.#waiting.length} requests wait`,
      );
    }
    return new Promise((resolve, reject) => {
      const admit = (): void => {
        clearTimeout(deadline);
        resolve();
      };
      const deadline = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(admit), 1);
        reject(
          new ExchangeError(
            "CONNECTION_LIMIT",
            `no connection became free in ${this.#limits.queueMs} ms`,
          ),
        );
      }, this.#limits.queueMs);
      this.#waiting.push(admit);
    });
  }

  #admitNext(): void {
    if (this.#all.size + this.#connecting < this.#limits.originConnections)
      this.#waiting.shift()?.();
  }
}
