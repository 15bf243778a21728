// In the primary: the ports that the workers will share, taken before there are workers, so that one that cannot be had is told at once,
// and a free one has its number.

import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";

import type { Ports } from "../listen/front-door.ts";

/** Keeps ports from others. */
export class PortKeeper {
  readonly ports: Ports;
  readonly #servers: readonly Server[];
  #closing: Promise<unknown> | null = null;

  private constructor(ports: Ports, servers: readonly Server[]) {
    this.ports = ports;
    this.#servers = servers;
  }

  /** Takes the ports that a configuration wants, at an address. Rejects with the system's error if one cannot be had. */
  static async take(
    address: string,
    { http, https }: { readonly http: number | false; readonly https: number | false },
  ): Promise<PortKeeper> {
    const servers: Server[] = [];
    const take = async (port: number | false): Promise<number | null> => {
      if (port === false) return null;
      // Nobody knows of the port yet, or nobody was there a moment ago.
      const server = createServer((socket) => socket.destroy()).listen(port, address);
      await once(server, "listening");
      servers.push(server);
      return (server.address() as AddressInfo).port;
    };
    try {
      return new PortKeeper({ http: await take(http), https: await take(https) }, servers);
    } catch (error) {
      for (const server of servers) server.close();
      throw error;
    }
  }

  /** Resolves when the ports can be taken by the workers, which is to happen at once. */
  release(): Promise<unknown> {
    this.#closing ??= Promise.all(
      this.#servers.map((server) => {
        server.close();
        return once(server, "close");
      }),
    );
    return this.#closing;
  }
}
