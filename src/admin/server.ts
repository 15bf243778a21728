// The admin port: metrics and health, apart from the zones, so that they can never shadow a zone's path.

import type { AddressInfo } from "node:net";

import fastify, { type FastifyInstance } from "fastify";

import type { GatewayConfig } from "../config/gateway-config.ts";
import { isSameSecret } from "../same-secret.ts";
import type { Metrics } from "../record/metrics.ts";
import type { Zone } from "../zone.ts";
import { poolStates } from "./pool-states.ts";

/** What the admin server tells about. */
export interface AdminSubject {
  readonly metrics: Metrics;
  readonly zones: readonly Zone[];
  /** Whether the gateway takes requests. */
  readonly isReady: () => boolean;
}

/** Serves `/metrics`, `/healthz`, `/readyz` and `/api/pools`. */
export class AdminServer {
  readonly #app: FastifyInstance;
  readonly #config: GatewayConfig["admin"];

  constructor(config: GatewayConfig["admin"], subject: AdminSubject) {
    this.#config = config;
    this.#app = fastify({ logger: false, forceCloseConnections: true });
    const { token } = config;
    if (token !== null) {
      this.#app.addHook("onRequest", (request, reply, done) => {
        if (isSameSecret(request.headers.authorization ?? "", `Bearer ${token}`)) done();
        else
          void reply
            .code(401)
            .header("www-authenticate", "Bearer")
            .send({ error: "a bearer token is required" });
      });
    }
    this.#app.get("/metrics", async (request, reply) => {
      const { contentType, body } = await subject.metrics.scrape(request.headers.accept);
      return reply.header("content-type", contentType).send(body);
    });
    this.#app.get("/api/pools", async () => poolStates(subject.zones));
    this.#app.get("/healthz", async () => ({ status: "ok" }));
    this.#app.get("/readyz", async (_request, reply) => {
      const isReady = subject.isReady();
      return reply.code(isReady ? 200 : 503).send({ status: isReady ? "ready" : "not ready" });
    });
  }

  /** Listens; resolves with the port taken, or false if the config wants none. */
  async start(): Promise<number | false> {
    if (this.#config.port === false) return false;
    await this.#app.listen({ host: this.#config.host, port: this.#config.port });
    return (this.#app.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await this.#app.close();
  }
}
