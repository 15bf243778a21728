// The line, on one screen: identify → route → pick → connect → exchange → respond, or classify → map → render, and record.

import { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { createSecureContext } from "node:tls";

import replyFrom from "@fastify/reply-from";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Logger } from "pino";

import { edgeFailure } from "./classify/edge-failure.ts";
import type { OriginFailure } from "./classify/origin-failure.ts";
import type { GatewayConfig } from "./config/gateway-config.ts";
import { sslModes } from "./config/ssl-modes.ts";
import { Exchange, type ExchangeListener } from "./exchange/exchange.ts";
import { dispatcher, replyOptions } from "./exchange/reply-from.ts";
import type { Tunnel } from "./exchange/tunnel.ts";
import { ExchangeContext } from "./exchange-context.ts";
import { hasBody } from "./identify/has-body.ts";
import { clientAddressOf, identify } from "./identify/identify.ts";
import { isInsider } from "./identify/insider.ts";
import { mostLoops } from "./identify/loops.ts";
import { newRayId } from "./identify/ray-id.ts";
import { ClientConnections } from "./listen/client-connections.ts";
import { Http1Response } from "./listen/http1-response.ts";
import type { ClientRequest } from "./listen/client-request.ts";
import type { ClientResponse } from "./listen/client-response.ts";
import { FrontDoor, type Ports } from "./listen/front-door.ts";
import { linger } from "./listen/linger.ts";
import { OwnAddresses } from "./listen/own-addresses.ts";
import type { CertificateSource } from "./listen/secure-server.ts";
import { createServer, everyPath } from "./listen/server.ts";
import { codesFor, type Told } from "./map/codes-for.ts";
import { codesOf, compileProfiles, type Profile } from "./map/profile.ts";
import type { LineWriter } from "./record/access-log.ts";
import { Metrics } from "./record/metrics.ts";
import { Recorder } from "./record/recorder.ts";
import { malformedStatus, refuseOnSocket, refuseRequest } from "./render/malformed.ts";
import { replacementFor } from "./render/replace.ts";
import { respond } from "./render/respond.ts";
import { redirectToHttp } from "./render/to-http.ts";
import { answerUnroutable } from "./render/unroutable.ts";
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
export class Gateway implements ExchangeListener {
  readonly config: GatewayConfig;
  readonly zones: readonly Zone[];
  readonly settings: Settings;
  readonly metrics: Metrics;
  readonly #messages: Logger;
  readonly #profiles: ReadonlyMap<string, Profile>;
  readonly #router: Router;
  readonly #recorder: Recorder;
  readonly #own = new OwnAddresses();
  readonly #server: FastifyInstance;
  readonly #door: FrontDoor;
  readonly #clients: ClientConnections;
  readonly #tunnels = new Set<Tunnel>();
  /** The port taken for plain HTTP. */
  #httpPort = 0;

  /** `lines` takes the access log, a line with its end at a time; `messages` what the gateway has to say of itself. */
  constructor(config: GatewayConfig, lines: LineWriter, messages: Logger) {
    this.config = config;
    this.#messages = messages;
    this.#profiles = compileProfiles(config.profiles);
    this.zones = config.zones.map((zone, index) => new Zone(zone, index));
    this.settings = new Settings(config.errors, this.zones);
    this.metrics = new Metrics(this.zones, codesOf(this.#profiles), version);
    this.#router = new Router(this.zones);
    this.#recorder = new Recorder(this.metrics, lines);
    this.#server = createServer(config, (code, socket) => this.#refuseMalformed(code, socket));
    this.#door = new FrontDoor(this.#server, config, (req, res) => this.#refuseMethod(req, res));
    this.#clients = new ClientConnections(this.#server.server, (context) => this.#left(context));
    this.#layLine();
  }

  /** Listens; resolves with the ports taken. */
  async start(): Promise<Ports> {
    const ports = await this.#door.open(() => this.#certificates());
    const { host } = this.config.listen;
    this.#httpPort = ports.http ?? 0;
    if (ports.http !== null) await this.#own.add(host, ports.http);
    if (ports.https !== null) await this.#own.add(host, ports.https);
    return ports;
  }

  async #certificates(): Promise<CertificateSource> {
    const [fallback = { cert: "", key: "" }] = this.config.listen.certificates;
    const context = createSecureContext(fallback);
    return { fallback, contextFor: async () => context };
  }

  /** Refuses new connections, lets what is under way end for up to `graceMs`, and closes every connection. */
  async close(graceMs = 0): Promise<void> {
    for (const tunnel of this.#tunnels) tunnel.close(); // They end when somebody ends them, which may be never.
    await this.#door.close(graceMs);
    for (const zone of this.zones) zone.close();
  }

  /** onRequest = identify, one route = route … render, onResponse = record. */
  #layLine(): void {
    const options = replyOptions({
      onHead: (context, reply, begin) => this.#respond(context, reply, begin),
      onFailed: (context, reply, failure) => this.#refuse(context, reply, failure),
    });
    void this.#server.register(replyFrom, {
      undici: dispatcher as never,
      disableRequestLogging: true,
    });
    this.#server.decorateRequest("exchange");
    this.#server.addHook("onRequest", (request, reply, done) => {
      const res = reply.raw as unknown as ClientResponse;
      request.exchange = identify(request.raw, res, request.id, this.config.trustedProxies);
      this.#clients.add(request.exchange);
      done();
    });
    this.#server.all(everyPath, (request, reply) => {
      const failure = this.#admit(request.exchange);
      if (failure === null) reply.from(everyPath, options);
      else if (failure === "answered") reply.hijack();
      else this.#refuse(request.exchange, reply, failure);
    });
    this.#server.addHook("onResponse", ({ exchange }, _reply, done) => {
      this.#clients.delete(exchange);
      if (exchange.res.isCutShort) this.#left(exchange);
      else this.#recorder.record(exchange);
      done();
    });
  }

  /** route: gives the request its zone and its exchange, or says why it goes no further. */
  #admit(context: ExchangeContext): OriginFailure | "answered" | null {
    if (answerUnroutable(context)) return "answered";
    const { host, loops } = context;
    context.zone = this.#router.find(host);
    if (context.zone === null) return edgeFailure("destination_not_found", `no zone has "${host}"`);
    if (loops >= mostLoops) return edgeFailure("proxy_loop_detected", `it was here ${loops} times`);
    if (context.scheme === "https" && sslModes[context.zone.config.ssl].isHttpOnly) {
      redirectToHttp(context, this.#httpPort);
      return "answered";
    }
    context.exchange = new Exchange(context, context.zone, this.#own.has, this);
    return null;
  }

  /** respond: the origin's head leaves, and its content follows, unless the zone has other content for an error. */
  #respond(context: ExchangeContext, reply: FastifyReply, begin: (fields: string[]) => void): void {
    const replacement = context.zone?.replacesErrors === true ? replacementFor(context) : null;
    if (replacement !== null) {
      context.exchange?.replace(replacement);
      reply.hijack();
      return;
    }
    const isWhole = context.req.complete || !hasBody(context.req);
    // A connection whose request was not read to its end cannot carry another.
    begin(isWhole ? ["cf-ray", context.ray] : ["cf-ray", context.ray, "connection", "close"]);
    reply.hijack();
  }

  /** classify → map → render: the edge answers by itself. */
  #refuse(context: ExchangeContext, reply: FastifyReply, failure: OriginFailure): void {
    reply.hijack();
    context.originStatus = 0;
    respond(context, failure, this.#judge(context, failure));
  }

  /** The origin's response has been passed on. */
  onComplete(context: ExchangeContext): void {
    linger(context);
  }

  /** The response broke off after its head had left: no code can be sent, but it is recorded all the same. */
  onBroken(context: ExchangeContext, failure: OriginFailure): void {
    this.#judge(context, failure);
    this.#clients.delete(context);
    this.#recorder.record(context);
    context.res.cut();
  }

  onTunnel(context: ExchangeContext, tunnel: Tunnel): void {
    this.#tunnels.add(tunnel);
    context.res.statusCode = 101;
    this.#clients.delete(context); // The tunnel hears of the client's end by itself.
  }

  onTunnelClosed(context: ExchangeContext, tunnel: Tunnel, failure: OriginFailure | null): void {
    this.#tunnels.delete(tunnel);
    if (failure !== null) this.#judge(context, failure);
    this.#recorder.record(context);
  }

  #judge(context: ExchangeContext, failure: OriginFailure): Told {
    const errors = context.zone?.errors ?? this.settings.errors;
    const told = codesFor(failure, errors, this.#profiles, isInsider(context, errors));
    context.failure = failure;
    context.code = told.detailed;
    // Nothing explains it: our own fault until shown otherwise, so the whole cause is told.
    if (failure.type === "proxy_internal_error") {
      this.#messages.error({ err: failure.cause, ray: context.ray }, failure.detail);
    }
    return told;
  }

  /** What the parser could not read has no request, but a status, a ray id and a line in the log all the same. */
  #refuseMalformed(code: string | undefined, socket: Socket): void {
    // A connection that breaks is no malformed request, and one that has its answer gets no second one.
    // A connection that breaks is no malformed request; browsers open some only to have them at hand.
    const hasLeft = code === "ECONNRESET" || code === "HPE_INVALID_EOF_STATE";
    if (hasLeft || socket.bytesRead === 0 || !socket.writable) {
      socket.destroy();
      return;
    }
    const current = this.#clients.last(socket);
    if (current !== null) return this.#refuseCurrent(current);
    const req = new IncomingMessage(socket);
    const context = new ExchangeContext(req, new Http1Response(req), newRayId(this.config.colo));
    context.clientAddress = clientAddressOf(socket);
    context.res.statusCode = malformedStatus(code);
    refuseOnSocket(context.res.statusCode, socket, context.ray);
    this.#recorder.record(context);
  }

  /** A method without a route. @see RFC 9110 §9.1, §15.6.2; §9.3.6: CONNECT is for proxies that tunnel */
  #refuseMethod(req: ClientRequest, res: ClientResponse): void {
    const context = identify(req, res, newRayId(this.config.colo), this.config.trustedProxies);
    res.once("finish", () => this.#recorder.record(context));
    refuseRequest(req.method === "CONNECT" ? 405 : 501, res, context.ray);
  }

  /** What cannot be read is the body of the request under way, or comes behind it: then that one has its answer first. */
  #refuseCurrent({ req, res, ray, exchange }: ExchangeContext): void {
    if (req.complete) {
      res.closeAfter();
    } else if (res.headersSent) {
      res.cut();
    } else {
      exchange?.destroy();
      refuseRequest(400, res, ray);
    }
  }

  #left(context: ExchangeContext): void {
    context.exchange?.destroy();
    if (context.isAnswered) this.#recorder.record(context);
    else this.#recorder.recordLeft(context);
  }
}
