// The line, on one screen: identify → route → pick → connect → exchange → respond, or classify → map → render, and record.

import { IncomingMessage, METHODS, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import replyFrom from "@fastify/reply-from";
import type { Logger } from "pino";
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";

import { edgeFailure } from "./classify/edge-failure.ts";
import type { OriginFailure } from "./classify/origin-failure.ts";
import { ClientConnections } from "./client-connections.ts";
import type { GatewayConfig } from "./config/gateway-config.ts";
import { Exchange } from "./exchange/exchange.ts";
import { constantSource, dispatcher, replyOptions } from "./exchange/reply-from.ts";
import { ExchangeContext } from "./exchange-context.ts";
import { mostLoops } from "./identify/cdn-name.ts";
import { clientAddressOf, identify } from "./identify/identify.ts";
import { isInsider } from "./identify/insider.ts";
import { newRayId } from "./identify/ray-id.ts";
import { hasBody } from "./has-body.ts";
import { linger } from "./linger.ts";
import { codesFor } from "./map/codes-for.ts";
import { compileProfiles, type Profile } from "./map/profile.ts";
import { OwnAddresses } from "./own-addresses.ts";
import type { LineWriter } from "./record/access-log.ts";
import { Metrics } from "./record/metrics.ts";
import { Recorder } from "./record/recorder.ts";
import { answerAsterisk, asterisk } from "./render/asterisk.ts";
import { malformedStatus, refuseOnSocket, refuseRequest } from "./render/malformed.ts";
import { respond } from "./render/respond.ts";
import { Router } from "./route/route.ts";
import { Settings } from "./settings.ts";
import { version } from "./version.ts";
import { Zone } from "./zone.ts";

declare module "fastify" {
  interface FastifyRequest {
    exchange: ExchangeContext;
  }
}

/** A gateway that answers requests. */
export class Gateway {
  readonly config: GatewayConfig;
  readonly zones: readonly Zone[];
  readonly settings: Settings;
  readonly metrics: Metrics;
  readonly #messages: Logger;
  readonly #profiles: ReadonlyMap<string, Profile>;
  readonly #router: Router;
  readonly #recorder: Recorder;
  readonly #own = new OwnAddresses();
  readonly #app: FastifyInstance;
  readonly #clients: ClientConnections;

  /** `lines` takes the access log, a line with its end at a time; `messages` what the gateway has to say of itself. */
  constructor(config: GatewayConfig, lines: LineWriter, messages: Logger) {
    this.config = config;
    this.#messages = messages;
    this.#profiles = compileProfiles(config.profiles);
    this.zones = config.zones.map((zone, index) => new Zone(zone, index));
    this.settings = new Settings(config.errors, this.zones);
    this.metrics = new Metrics(this.zones, allCodes(this.#profiles), version);
    this.#router = new Router(this.zones);
    this.#recorder = new Recorder(this.metrics, lines);
    this.#app = this.#createApp();
    this.#clients = new ClientConnections(this.#app.server, (context) => this.#clientLeft(context));
  }

  /** Listens; resolves with the port taken. */
  async start(): Promise<number> {
    const { host, http } = this.config.listen;
    await this.#app.listen({ host, port: http === false ? 0 : http });
    const { port } = this.#app.server.address() as AddressInfo;
    await this.#own.add(host, port);
    return port;
  }

  /** Refuses new requests, lets those under way end, and closes every connection to the origins. */
  async close(): Promise<void> {
    await this.#app.close();
    for (const zone of this.zones) zone.close();
  }

  #createApp(): FastifyInstance {
    const { timeouts, limits, colo } = this.config;
    const app = fastify({
      logger: false,
      genReqId: () => newRayId(colo),
      rewriteUrl: () => constantSource, // Every path is one route; identify reads the original.
      exposeHeadRoutes: false,
      keepAliveTimeout: timeouts.clientIdleMs,
      requestTimeout: 0, // Uploads may take long; a stalled one ends by bodyIdleMs.
      forceCloseConnections: "idle",
      http: {
        maxHeaderSize: limits.requestHeaderBytes,
        insecureHTTPParser: false,
        requireHostHeader: false, // Node's own refusal has no ray id, and nobody would hear of it.
      },
      clientErrorHandler: (error, socket) => this.#refuseMalformed(error.code, socket),
    });
    // Bodies are streams, never parsed: to Fastify no method has one.
    for (const method of METHODS.filter((name) => name !== "CONNECT"))
      app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
    app.server.on("checkContinue", (req, res) => app.server.emit("request", req, res));

    void app.register(replyFrom, { undici: dispatcher as never, disableRequestLogging: true });
    app.decorateRequest("exchange");
    app.addHook("onRequest", (request, reply, done) => {
      request.exchange = identify(request.raw, reply.raw, request.id);
      this.#clients.add(request.exchange);
      done();
    });
    const options = replyOptions({
      onHead: (context, reply, begin) => this.#respond(context, reply, begin),
      onFailed: (context, reply, failure) => this.#refuse(context, reply, failure),
    });
    app.all("/*", (request, reply) => {
      const context = request.exchange;
      // RFC 9112 §3.2: without Host, nobody knows whom an HTTP/1.1 request is for.
      if (request.raw.headers.host === undefined && request.raw.httpVersion === "1.1") {
        reply.hijack();
        refuseRequest(400, reply.raw, context.ray);
        return;
      }
      if (context.target === asterisk) {
        reply.hijack();
        answerAsterisk(context);
        return;
      }
      const failure = this.#admit(context);
      if (failure !== null) this.#refuse(context, reply, failure);
      else reply.from(constantSource, options);
    });
    app.addHook("onResponse", (request, _reply, done) => {
      this.#clients.delete(request.exchange);
      this.#recorder.record(request.exchange);
      done();
    });
    return app;
  }

  /** route: gives the request its zone and its exchange, or says why it goes no further. */
  #admit(context: ExchangeContext): OriginFailure | null {
    const zone = this.#router.find(context.host);
    if (zone === null)
      return edgeFailure("destination_not_found", `no zone has the host "${context.host}"`);
    context.zone = zone;
    if (context.loops >= mostLoops)
      return edgeFailure(
        "proxy_loop_detected",
        `CDN-Loop says that the request was here ${context.loops} times`,
      );
    context.exchange = new Exchange(context, zone, this.#own.has, this);
    return null;
  }

  /** respond: the origin's head leaves, and its content follows. */
  #respond(
    context: ExchangeContext,
    reply: FastifyReply,
    begin: (extraFields: readonly string[]) => void,
  ): void {
    reply.hijack();
    // A connection whose request was not read to its end cannot carry another.
    begin(
      context.req.complete || !hasBody(context.req)
        ? ["cf-ray", context.ray]
        : ["cf-ray", context.ray, "connection", "close"],
    );
  }

  /** classify → map → render: the edge answers by itself. */
  #refuse(context: ExchangeContext, reply: FastifyReply, failure: OriginFailure): void {
    reply.hijack();
    const errors = context.zone?.errors ?? this.settings.errors;
    const told = codesFor(failure, errors, this.#profiles, isInsider(context, errors));
    context.failure = failure;
    context.code = told.detailed;
    context.originStatus = 0;
    // Nothing explains it: our own fault until shown otherwise, so the whole cause is told.
    if (failure.type === "proxy_internal_error")
      this.#messages.error({ err: failure.cause, ray: context.ray }, failure.detail);
    respond(context, failure, told);
  }

  /** The origin's response has been passed on. */
  onComplete(context: ExchangeContext): void {
    linger(context);
  }

  /** The response broke off after its head had left: cut the client's connection, so that it can tell. */
  onBroken(context: ExchangeContext, failure: OriginFailure): void {
    context.failure = failure;
    context.code = codesFor(
      failure,
      context.zone?.errors ?? this.settings.errors,
      this.#profiles,
      false,
    ).detailed;
    this.#clients.delete(context);
    this.#recorder.record(context);
    // Without a length or chunks, only a reset can be told from the end.
    if (context.req.httpVersion === "1.0") context.res.socket?.resetAndDestroy();
    else context.res.destroy();
  }

  /** What the parser could not read has no request, but a status, a ray id and a line in the log all the same. */
  #refuseMalformed(code: string | undefined, socket: Socket): void {
    // A connection that breaks is no malformed request, and one that has its answer gets no second one.
    if (code === "ECONNRESET" || !socket.writable || this.#clients.has(socket)) {
      socket.destroy();
      return;
    }
    const req = new IncomingMessage(socket);
    const context = new ExchangeContext(req, new ServerResponse(req), newRayId(this.config.colo));
    context.clientAddress = clientAddressOf(socket);
    context.res.statusCode = malformedStatus(code);
    refuseOnSocket(context.res.statusCode, socket, context.ray);
    this.#recorder.record(context);
  }

  #clientLeft(context: ExchangeContext): void {
    context.exchange?.destroy();
    if (context.isAnswered) this.#recorder.record(context);
    else this.#recorder.recordLeft(context);
  }
}

/** Every code that any profile can answer with, for counters that start at 0. */
function allCodes(profiles: ReadonlyMap<string, Profile>): number[] {
  const codes = new Set(
    [...profiles.values()].flatMap((profile) => [...profile.values()].map(({ code }) => code)),
  );
  return [...codes].toSorted((left, right) => left - right);
}
