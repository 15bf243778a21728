// How many clients are connected, over all listeners, and what becomes of those who are too many: over plain HTTP so many are told so,
// all others are closed before they cost anything; a TLS handshake is the most expensive thing there is.

import type { Server, Socket } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import { TLSSocket } from "node:tls";

import { mostOpenFiles } from "./open-files.ts";

/** So many connections at a time are only there to be told that they are too many, and each for so many milliseconds. */
const mostSurplus = 256;
const surplusMs = 5_000;
/** Of the files that there are, no more than this part are for them. */
const surplusPart = 1 / 8;

/** Files that are left for everything that is no connection of a client's or to an origin: logs, the admin port, resolvers. */
const reservedFiles = 100;

/** However few files there may be. */
const leastConnections = 16;

/** A listener. Node counts its connections by itself, and closes those beyond `maxConnections` before there is a socket. */
interface Door {
  readonly server: Server;
  readonly sockets: Set<Socket>;
  /** Connections beyond the limit that are taken all the same. */
  readonly surplus: number;
}

/** What there is to know of the process. */
export interface ConnectionLimitOptions {
  /** How many files it may open; null where nobody knows. */
  readonly openFiles?: number | null;
  readonly sharesPorts?: boolean;
}

/** Counts connections. */
export class ConnectionLimit {
  /** Connections that were closed unanswered. */
  dropped = 0;
  readonly #doors: Door[] = [];
  /** Connections that will be told that they are too many. */
  readonly #surplus = new Set<Socket>();
  /** What the process may open leaves room for no more; Infinity where nobody knows. */
  readonly #bySystem: number;
  readonly #mostSurplus: number;
  readonly #sharesPorts: boolean;
  #wanted = Infinity;

  /** `sharesPorts`: other processes have the same listeners. */
  constructor({ openFiles = mostOpenFiles(), sharesPorts = false }: ConnectionLimitOptions = {}) {
    this.#sharesPorts = sharesPorts;
    const files = openFiles === null ? Infinity : Math.max(0, openFiles - reservedFiles);
    this.#mostSurplus = Math.min(mostSurplus, Math.floor(files * surplusPart));
    // Each client may need a connection to an origin.
    this.#bySystem = Math.max(leastConnections, Math.floor((files - this.#mostSurplus) / 2));
  }

  /** How many there are. */
  get count(): number {
    return this.#doors.reduce((sum, { sockets }) => sum + sockets.size, 0);
  }

  /** How many there may be. */
  get most(): number {
    return Math.min(this.#wanted, this.#bySystem);
  }

  /** Lets no more than these be there, from now on. */
  allow(connections: number): void {
    this.#wanted = connections;
    this.#adjust();
  }

  /** Counts a listener's connections. With plain HTTP some of those beyond the limit are still answered. */
  watch(server: Server, isPlain: boolean): void {
    const door: Door = { server, sockets: new Set(), surplus: isPlain ? this.#mostSurplus : 0 };
    this.#doors.push(door);
    server.on("connection", (socket: Socket) => {
      // What TLS has secured comes a second time, and so does what asked for an upgrade in vain.
      if (socket instanceof TLSSocket || door.sockets.has(socket)) return;
      if (this.#sharesPorts && door.sockets.size >= this.#mostAt(door)) return this.#drop(socket);
      door.sockets.add(socket);
      if (isPlain && this.count > this.most) this.#tellSoon(socket);
      this.#adjust();
      socket.once("close", () => {
        door.sockets.delete(socket);
        this.#adjust();
      });
    });
    server.on("drop", () => {
      this.dropped += 1;
    });
  }

  /** Whether a connection is only there to be told that it is too many. */
  isSurplus(socket: Socket): boolean {
    return this.#surplus.size > 0 && this.#surplus.has(socket);
  }

  /** Whoever does not ask in time is not told. */
  #tellSoon(socket: Socket): void {
    this.#surplus.add(socket);
    const end = setTimeout(() => socket.destroy(), surplusMs);
    socket.once("close", () => {
      clearTimeout(end);
      this.#surplus.delete(socket);
    });
  }

  #drop(socket: Socket): void {
    this.dropped += 1;
    socket.destroy();
  }

  #adjust(): void {
    // What one of several processes does not take, Node would give to the next, and so on without end where none has room.
    if (this.#sharesPorts) return;
    for (const door of this.#doors) door.server.maxConnections = this.#mostAt(door);
  }

  /** How many connections a listener may have. Not below 1: to Node 20, 0 is no limit. */
  #mostAt({ sockets, surplus }: Door): number {
    const elsewhere = this.count - sockets.size;
    return Math.max(1, this.most + surplus - elsewhere);
  }
}
