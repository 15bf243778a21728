// The admin port: metrics, health and the admin API, apart from the zones, so that they can never shadow a zone's path.

import type { AddressInfo } from "node:net";

import fastify, { type FastifyInstance } from "fastify";
import type { Logger } from "pino";

import type { GatewayConfig } from "../config/gateway-config.ts";
import { escapeJson } from "../plain-text.ts";
import { KeptExchanges } from "./exchange-source.ts";
import { Guard } from "./guard.ts";
import { lateCompilers, loadCompilers } from "./late-compilers.ts";
import { LiveStream } from "./live-stream.ts";
import { RequestProblem, sendProblem } from "./problem.ts";
import { addDiagnoses } from "./routes/diagnoses.ts";
import { addExchangePage } from "./routes/exchange-page.ts";
import { addExchanges } from "./routes/exchanges.ts";
import { addExplain } from "./routes/explain.ts";
import { addFaults } from "./routes/faults.ts";
import { addGateway } from "./routes/gateway.ts";
import { addMonitoring } from "./routes/monitoring.ts";
import { addPools } from "./routes/pools.ts";
import { addSettings } from "./routes/settings.ts";
import { addStream } from "./routes/stream.ts";
import { addZones } from "./routes/zones.ts";
import type { AdminSubject, Crew } from "./subject.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The same for everybody, and nothing of the gateway's: no token is asked for. */
    isPublic?: boolean;
  }
}

/** What an admin server needs besides its subject. */
export interface AdminOptions {
  /** Whether the gateway takes requests. */
  readonly isReady: () => boolean;
  /** Gets faults of the admin server's own. */
  readonly messages: Logger;
  /** Who takes the requests, where the subject's own process does not. */
  readonly crew?: Crew | undefined;
  /** Adds what is served beside the API, such as the dashboard's files; see {@link FastifyContextConfig.isPublic}. */
  readonly addFiles?: (app: FastifyInstance) => void;
}

/** No body that changes settings is longer, in bytes, and none takes longer to come, in milliseconds. */
const longestBody = 16_384;
const requestMs = 30_000;

/** The fields of every answer: nothing is kept, nothing is guessed, nothing of it is for another site. */
const commonFields = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Serves `/metrics`, `/healthz`, `/readyz`, and `/api/`. */
export class AdminServer {
  readonly #app: FastifyInstance;
  readonly #config: GatewayConfig["admin"];
  readonly #subject: AdminSubject;
  readonly #stream: LiveStream;
  #document: Promise<object> | null = null;

  constructor(config: GatewayConfig["admin"], subject: AdminSubject, options: AdminOptions) {
    this.#config = config;
    this.#subject = subject;
    const crew = options.crew ?? nobodyElse(subject);
    this.#stream = new LiveStream(subject, crew.exchanges.feed);
    this.#app = fastify({
      logger: false,
      forceCloseConnections: true,
      bodyLimit: longestBody,
      requestTimeout: requestMs,
      schemaController: { compilersFactory: lateCompilers },
    });
    this.#app.removeContentTypeParser("text/plain");
    this.#guard();
    this.#answerProblems(options.messages);
    this.#addRoutes(subject, crew, options);
  }

  /** Listens; resolves with the port taken, or false if the config wants none. */
  async start(): Promise<number | false> {
    if (this.#config.port === false) return false;
    await this.#app.listen({ host: this.#config.host, port: this.#config.port });
    const { port } = this.#app.server.address() as AddressInfo;
    await this.#subject.listensAt(this.#config.host, port);
    return port;
  }

  async close(): Promise<void> {
    this.#stream.close();
    await this.#app.close();
  }

  #guard(): void {
    const guard = new Guard(this.#config);
    this.#app.addHook("onRequest", (request, reply, done) => {
      reply.headers(commonFields);
      const problem = guard.judge(request, request.routeOptions.config.isPublic === true);
      if (problem === null) return done();
      if (problem.statusCode === 401) reply.header("www-authenticate", "Bearer");
      void sendProblem(reply, problem);
    });
    this.#app.addHook("onRequest", async ({ routeOptions }) => {
      if (routeOptions.url?.startsWith("/api/")) await loadCompilers();
    });
    this.#app.addHook("onSend", (_request, reply, payload, done) => {
      const isJson = String(reply.getHeader("content-type")).includes("json");
      done(null, isJson && typeof payload === "string" ? escapeJson(payload) : payload);
    });
  }

  #answerProblems(messages: Logger): void {
    this.#app.setNotFoundHandler((_request, reply) =>
      sendProblem(reply, new RequestProblem(404, "there is nothing here")),
    );
    this.#app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
      if (error instanceof RequestProblem) return sendProblem(reply, error);
      const { statusCode = 500, message } = error;
      if (statusCode < 500) return sendProblem(reply, new RequestProblem(statusCode, message));
      messages.error({ err: error }, "the admin server failed");
      return sendProblem(
        reply,
        new RequestProblem(500, "the admin server failed; its log says why"),
      );
    });
  }

  /** Each route is a file; the document is made of those of the API. */
  #addRoutes(subject: AdminSubject, crew: Crew, { isReady, addFiles }: AdminOptions): void {
    const addApi = (app: FastifyInstance): void => {
      addMonitoring(app, { subject, crew, isReady });
      addGateway(app, subject);
      addSettings(app, subject, crew);
      addZones(app, subject, crew);
      addPools(app, subject, crew);
      addDiagnoses(app, subject);
      addFaults(app, subject, crew);
      addExchanges(app, crew.exchanges);
      addExchangePage(app, crew.exchanges);
      addStream(app, this.#stream);
      addExplain(app);
    };
    addApi(this.#app);
    this.#app.get("/api/openapi.json", async () => {
      const { documentOf } = await import("./document.ts");
      return (this.#document ??= documentOf(addApi));
    });
    addFiles?.(this.#app);
  }
}

/** The subject does its work by itself. */
function nobodyElse({ recent }: AdminSubject): Crew {
  return {
    exchanges: new KeptExchanges(recent),
    settled: async () => {},
    gathered: async () => {},
  };
}
