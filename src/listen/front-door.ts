// Every way in: plain HTTP, and TLS with HTTP/1.1 or HTTP/2 behind it. All of them end in the same routes.

import { lookup } from "node:dns/promises";
import type { AddressInfo } from "node:net";
import { isDeepStrictEqual } from "node:util";

import type { FastifyInstance } from "fastify";

import type { GatewayConfig } from "../config/gateway-config.ts";
import type { ClientCertificates } from "./client-certificates.ts";
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

/** The way in for requests. */
export interface Door {
  /** PEM of the CA that signs for names without a certificate of the owner's; null without HTTPS. */
  readonly caPem: string | null;
  /** Opens what the config wants open. `certificates` is asked for only if HTTPS is. */
  open(certificates: () => Promise<ClientCertificates>): Promise<Ports>;
  /** Applies what another configuration says of clients' connections and certificates. It listens where it did. */
  adapt(config: GatewayConfig): Promise<void>;
  /** Refuses new connections, lets what is under way end for up to `graceMs`, and closes every connection. */
  close(graceMs: number): Promise<void>;
}

/** The gateway's listeners. */
export class FrontDoor implements Door {
  readonly #app: FastifyInstance;
  readonly #onUnknownMethod: RequestListener;
  #config: GatewayConfig;
  #secure: Secure | null = null;

  /** `app` has the routes; it serves HTTP/1.1 itself. `onUnknownMethod` gets what they cannot take. */
  constructor(app: FastifyInstance, config: GatewayConfig, onUnknownMethod: RequestListener) {
    this.#onUnknownMethod = onUnknownMethod;
    this.#app = app;
    this.#config = config;
  }

  get caPem(): string | null {
    return this.#secure?.certificates.caPem ?? null;
  }

  async open(certificates: () => Promise<ClientCertificates>): Promise<Ports> {
    const { host, http, https } = this.#config.listen;
    // One address: for a name of several Fastify would make servers that the line knows nothing of.
    const { address } = await lookup(host);
    if (http === false) await this.#app.ready();
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
    const servers = { http1: this.#app.server, http2 };
    const server = new SecureServer(source, await source.pairFor(""), servers);
    this.#secure = { server, http2, certificates: source };
    return server.listen(address, port);
  }
}
