// Every way in: plain HTTP, and TLS with HTTP/1.1 or HTTP/2 behind it. All of them end in the same routes.

import { lookup } from "node:dns/promises";
import type { AddressInfo, Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { isDeepStrictEqual } from "node:util";

import type { FastifyInstance } from "fastify";

import type { GatewayConfig } from "../config/gateway-config.ts";
import type { ClientCertificates } from "./client-certificates.ts";
import { isBusy } from "./client-connections.ts";
import { ConnectionLimit } from "./connection-limit.ts";
import { Http2Listener, type RequestListener } from "./http2-server.ts";
import { SecureServer } from "./secure-server.ts";
import { adaptServer, closeServer } from "./server.ts";

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

/** The gateway's listeners. */
export class FrontDoor {
  readonly #app: FastifyInstance;
  readonly #onUnknownMethod: RequestListener;
  #config: GatewayConfig;
  #secure: Secure | null = null;
  readonly #limit: ConnectionLimit;

  /** `app` has the routes; it serves HTTP/1.1 itself. `onUnknownMethod` gets what they cannot take. */
  constructor(app: FastifyInstance, config: GatewayConfig, onUnknownMethod: RequestListener) {
    this.#onUnknownMethod = onUnknownMethod;
    this.#app = app;
    this.#config = config;
    this.#limit = new ConnectionLimit(config.listen.connections);
    app.server.on("connection", (socket: Socket) => {
      // Those that TLS has secured are counted already, by what is below them.
      if (!(socket instanceof TLSSocket)) this.#limit.admit(socket, () => isBusy(socket));
    });
  }

  /** Opens what the config wants open. `certificates` is asked for only if HTTPS is. */
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

  /** Applies what another configuration says of clients' connections and certificates. It listens where it did. */
  async adapt(config: GatewayConfig): Promise<void> {
    const before = this.#config.listen.certificates;
    this.#config = config;
    this.#limit.most = config.listen.connections;
    adaptServer(this.#app, config);
    if (this.#secure === null) return;
    const { server, http2, certificates } = this.#secure;
    http2.adapt(config);
    if (isDeepStrictEqual(before, config.listen.certificates)) return;
    certificates.replaceOwn(config.listen.certificates);
    server.replaceFallback(await certificates.pairFor(""));
  }

  /** Refuses new connections, lets what is under way end for up to `graceMs`, and closes every connection. */
  async close(graceMs: number): Promise<void> {
    await Promise.all([closeServer(this.#app, graceMs), this.#secure?.server.close(graceMs)]);
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
    const parts = { http1: this.#app.server, http2, limit: this.#limit };
    const server = new SecureServer(source, await source.pairFor(""), parts);
    this.#secure = { server, http2, certificates: source };
    return server.listen(address, port);
  }
}

/** Node begins to look for heads that take too long when a server listens, and this one gets its connections from another. */
async function beReady(app: FastifyInstance): Promise<void> {
  await app.ready();
  app.server.emit("listening");
}
