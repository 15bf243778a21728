// Every way in: plain HTTP, and TLS with HTTP/1.1 or HTTP/2 behind it. All of them end in the same routes.

import { lookup } from "node:dns/promises";
import type { AddressInfo } from "node:net";
import { clearInterval, clearTimeout, setInterval, setTimeout } from "node:timers";
import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";

import type { FastifyInstance } from "fastify";

import type { GatewayConfig } from "../config/gateway-config.ts";
import type { ConnectionLimit } from "../capacity/connection-limit.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import type { ClientCertificates } from "./client-certificates.ts";
import type { ClientConnections } from "./client-connections.ts";
import { Http2Listener, type RequestListener } from "./http2-server.ts";
import { SecureServer } from "./secure-server.ts";
import { adaptServer, stopListening } from "./server.ts";

/** The ports that were taken; null for a listener that is switched off. */
export interface Ports {
  readonly http: number | null;
  readonly https: number | null;
}

/** What HTTPS is made of. */
interface Secure {
  readonly server: SecureServer;
  readonly http2: Http2Listener;
  readonly certificates: ClientCertificates;
}

/** What the listeners are made with. */
export interface FrontDoorParts {
  /** Has the routes; it serves HTTP/1.1 itself. */
  readonly app: FastifyInstance;
  readonly config: GatewayConfig;
  readonly connections: ConnectionLimit;
  readonly clients: ClientConnections;
  /** Gets what the routes cannot take. */
  readonly onUnknownMethod: RequestListener;
}

/** How the listeners end, in milliseconds. */
export interface Farewell {
  /** For which a kept connection may bring one more request. */
  readonly idleMs: number;
  /** For which requests under way may go on. */
  readonly graceMs: number;
  /** Ends requests that are still under way then, or begins to. */
  readonly cutOff: (contexts: readonly ExchangeContext[]) => void;
}

/** How often connections that have become idle are looked for while closing, in milliseconds. */
const sweepMs = 20;

/** How long clients may take to read what they are told at the end of the grace, in milliseconds. */
const lastWordsMs = 250;

/** The way in for requests. */
export interface Door {
  /** PEM of the CA that signs for names without a certificate of the owner's; null without HTTPS. */
  readonly caPem: string | null;
  /** Opens what the config wants open. `certificates` is asked for only if HTTPS is. */
  open(certificates: () => Promise<ClientCertificates>): Promise<Ports>;
  /** Applies what another configuration says of clients' connections and certificates. It listens where it did. */
  adapt(config: GatewayConfig): Promise<void>;
  /**
   * Refuses new connections, has each of the others end after what it has under way or one more request, and resolves when all are
   * gone. Whoever idles is closed after `idleMs`, and nothing stays for longer than `graceMs`.
   */
  close(farewell: Farewell): Promise<void>;
}

/** The gateway's listeners. */
export class FrontDoor implements Door {
  readonly #app: FastifyInstance;
  readonly #connections: ConnectionLimit;
  readonly #clients: ClientConnections;
  readonly #onUnknownMethod: RequestListener;
  #config: GatewayConfig;
  #secure: Secure | null = null;

  constructor({ app, config, connections, clients, onUnknownMethod }: FrontDoorParts) {
    this.#app = app;
    this.#config = config;
    this.#connections = connections;
    this.#clients = clients;
    this.#onUnknownMethod = onUnknownMethod;
    connections.watch(app.server, true);
  }

  get caPem(): string | null {
    return this.#secure?.certificates.caPem ?? null;
  }

  async open(certificates: () => Promise<ClientCertificates>): Promise<Ports> {
    const { host, http, https } = this.#config.listen;
    // One address: for a name of several Fastify would make servers that the line knows nothing of.
    const { address } = await lookup(host);
    if (http === false) await beReady(this.#app);
    else await this.#app.listen({ host: address, port: http });
    const ports = {
      http: http === false ? null : (this.#app.server.address() as AddressInfo).port,
      https: https === false ? null : await this.#openSecure(address, https, certificates),
    };
    return ports;
  }

  async adapt(config: GatewayConfig): Promise<void> {
    const before = this.#config.listen.certificates;
    this.#config = config;
    adaptServer(this.#app, config);
    if (this.#secure === null) return;
    const { server, http2, certificates } = this.#secure;
    http2.adapt(config);
    if (isDeepStrictEqual(before, config.listen.certificates)) return;
    certificates.replaceOwn(config.listen.certificates);
    server.replaceFallback(await certificates.pairFor(""));
  }

  async close({ idleMs, graceMs, cutOff }: Farewell): Promise<void> {
    const quietMs = Math.min(idleMs, graceMs);
    await setImmediate(); // Who has been let in by the kernel is here by now: closing a listener resets who is not.
    const gone = Promise.all([
      stopListening(this.#app.server),
      this.#secure?.server.stopListening(),
    ]);
    this.#clients.beginEnd();
    this.#secure?.http2.close();
    const sweep = setInterval(() => this.#clients.closeQuiet(quietMs), sweepMs);
    const timers = [
      setTimeout(() => cutOff(this.#clients.underWay), graceMs),
      setTimeout(() => this.#closeAll(), graceMs + lastWordsMs),
    ];
    this.#clients.closeQuiet(quietMs);
    await gone;
    clearInterval(sweep);
    for (const timer of timers) clearTimeout(timer);
    await this.#app.close();
    this.#app.server.close(); // Of one that never listened Fastify knows nothing, and Node looks for slow heads until it is closed.
  }

  #closeAll(): void {
    this.#clients.closeAll();
    this.#secure?.server.closeAll();
  }

  async #openSecure(
    address: string,
    port: number,
    certificates: () => Promise<ClientCertificates>,
  ): Promise<number> {
    const http2 = new Http2Listener(
      this.#config,
      (req, res) => this.#app.routing(req as never, res as never),
      this.#onUnknownMethod,
    );
    const source = await certificates();
    const servers = { http1: this.#app.server, http2, connections: this.#connections };
    const server = new SecureServer(source, await source.pairFor(""), servers);
    this.#secure = { server, http2, certificates: source };
    return server.listen(address, port);
  }
}

/** Node begins to look for heads that take too long when a server listens, and this one gets its connections from another. */
async function beReady(app: FastifyInstance): Promise<void> {
  await app.ready();
  app.server.emit("listening");
}
