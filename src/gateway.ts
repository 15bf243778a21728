// The line, on one screen: identify → route → pick → connect → exchange → respond, or classify → map → render, and record.

import { lookup } from "node:dns/promises";
import { IncomingMessage } from "node:http";
import { type AddressInfo, isIP, type Socket } from "node:net";

import replyFrom from "@fastify/reply-from";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Logger } from "pino";

import { classifyMalformed } from "./classify/classify-request.ts";
import { edgeFailure } from "./classify/edge-failure.ts";
import type { OriginFailure } from "./classify/origin-failure.ts";
import type { ErrorSettings, GatewayConfig } from "./config/gateway-config.ts";
import { Exchange, type ExchangeListener } from "./exchange/exchange.ts";
import { dispatcher, replyOptions } from "./exchange/reply-from.ts";
import { ExchangeContext } from "./exchange-context.ts";
import { hasBody } from "./identify/has-body.ts";
import { identify } from "./identify/identify.ts";
import { overLimit } from "./identify/limits.ts";
import { isInsider } from "./identify/insider.ts";
import { mostLoops } from "./identify/loops.ts";
import { newRayId } from "./identify/ray-id.ts";
import { ClientConnections } from "./listen/client-connections.ts";
import { Http1Response } from "./listen/http1-response.ts";
import type { ClientResponse } from "./listen/client-response.ts";
import { isLingering, linger } from "./listen/linger.ts";
import { OwnAddresses } from "./listen/own-addresses.ts";
import { closeServer, createServer, everyPath } from "./listen/server.ts";
import { codesFor, type Told } from "./map/codes-for.ts";
import { codesOf, compileProfiles, type Profile } from "./map/profile.ts";
import type { LineWriter } from "./record/access-log.ts";
import { Metrics } from "./record/metrics.ts";
import { Recorder } from "./record/recorder.ts";
import { respond, respondOnSocket } from "./render/respond.ts";
import { answerServerOptions } from "./render/server-options.ts";
import { isReserved, Reserved } from "./reserved/reserved.ts";
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
  readonly #reserved: Reserved;
  readonly #recorder: Recorder;
  readonly #own = new OwnAddresses();
  readonly #server: FastifyInstance;
  readonly #clients: ClientConnections;

  /** `lines` takes the access log, a line with its end at a time; `messages` what the gateway has to say of itself. */
  constructor(config: GatewayConfig, lines: LineWriter, messages: Logger) {
    this.config = config;
    this.#messages = messages;
    this.#profiles = compileProfiles(config.profiles);
    this.zones = config.zones.map((zone, index) => new Zone(zone, index));
    this.settings = new Settings(config.errors, this.zones);
    this.metrics = new Metrics(this.zones, codesOf(this.#profiles), version);
    this.#router = new Router(this.zones);
    this.#reserved = new Reserved(config.colo, this.#profiles);
    this.#recorder = new Recorder(this.metrics, lines);
    this.#server = createServer(config, (...malformed) => this.#refuseMalformed(...malformed));
    this.#clients = new ClientConnections(this.#server.server, (context) => this.#left(context));
    this.#layLine();
  }

  /** Listens; resolves with the port taken. */
  async start(): Promise<number> {
    const { host, http } = this.config.listen;
    // One address: for a name of several Fastify would make servers that the line knows nothing of.
    const { address } = await lookup(host);
    await this.#server.listen({ host: address, port: http === false ? 0 : http });
    const { port } = this.#server.server.address() as AddressInfo;
    await this.#own.add(host, port);
    return port;
  }

  /** Refuses new connections, lets what is under way end for up to `graceMs`, and closes every connection. */
  async close(graceMs = 0): Promise<void> {
    await closeServer(this.#server, graceMs);
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
      request.exchange = identify(request.raw, reply.raw as unknown as ClientResponse, request.id);
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
      this.#recorder.record(exchange);
      done();
    });
  }

  /** route: gives the request its zone and its exchange, or says why it goes no further. */
  #admit(context: ExchangeContext): OriginFailure | "answered" | null {
    const { host, loops, refusal } = context;
    if (isLingering(context.req.socket)) {
      context.isRecorded = true; // To nobody's knowledge: its connection has been told that it is over.
      return "answered";
    }
    context.zone = refusal?.reason === "bad_host" ? null : this.#router.find(host);
    const fault = refusal ?? overLimit(context, context.zone?.config.limits ?? this.config.limits);
    if (fault !== null) return fault;
    if (context.target === "*") {
      answerServerOptions(context);
      return "answered";
    }
    if (isReserved(context.target))
      return this.#reserved.answer(context, this.#errorsOf(context)) ?? "answered";
    if (context.zone === null) return hostFailure(host);
    if (loops >= mostLoops) return edgeFailure("proxy_loop_detected", `it was here ${loops} times`);
    context.exchange = new Exchange(context, context.zone, this.#own.has, this);
    return null;
  }

  /** respond: the origin's head leaves, and its content follows. */
  #respond(context: ExchangeContext, reply: FastifyReply, begin: (fields: string[]) => void): void {
    const isWhole = context.req.complete || !hasBody(context.req);
    // A connection whose request was not read to its end cannot carry another.
    begin(isWhole ? ["cf-ray", context.ray] : ["cf-ray", context.ray, "connection", "close"]);
    reply.hijack();
  }

  /** classify → map → render: the edge answers by itself. */
  #refuse(context: ExchangeContext, reply: FastifyReply, failure: OriginFailure): void {
    reply.hijack();
    this.#answer(context, failure);
  }

  #answer(context: ExchangeContext, failure: OriginFailure): void {
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

  #errorsOf({ zone }: ExchangeContext): ErrorSettings {
    return zone?.errors ?? this.settings.errors;
  }

  #judge(context: ExchangeContext, failure: OriginFailure): Told {
    const errors = this.#errorsOf(context);
    const told = codesFor(failure, errors, this.#profiles, isInsider(context, errors));
    context.failure = failure;
    context.code = told.detailed;
    // The client's doing: whichever origin was asked had no part in it.
    if (failure.type === "http_request_error") context.origin = context.originIp = "";
    // Nothing explains it: our own fault until shown otherwise, so the whole cause is told.
    if (failure.type === "proxy_internal_error") {
      this.#messages.error({ err: failure.cause, ray: context.ray }, failure.detail);
    }
    return told;
  }

  /** What the parser could not read has no request, but an answer, a ray id and a line in the log all the same. */
  #refuseMalformed(code: string | undefined, socket: Socket, head?: IncomingMessage): void {
    // A connection that breaks is no malformed request; browsers open some only to have them at hand.
    const hasLeft = code === "ECONNRESET" || code === "HPE_INVALID_EOF_STATE";
    if (hasLeft || socket.bytesRead === 0 || !socket.writable) {
      socket.destroy();
      return;
    }
    if (isLingering(socket)) return; // It has its last answer.
    const failure = classifyMalformed(code);
    const current = this.#clients.last(socket);
    if (current !== null) return this.#refuseCurrent(current, failure);
    const req = head ?? new IncomingMessage(socket);
    const context = identify(req, new Http1Response(req), newRayId(this.config.colo));
    if (head !== undefined) context.zone = this.#router.find(context.host);
    respondOnSocket(context, failure, this.#judge(context, failure), socket);
    this.#recorder.record(context);
  }

  /** What cannot be read is the body of the request under way, or comes behind it: then that one has its answer first. */
  #refuseCurrent(context: ExchangeContext, failure: OriginFailure): void {
    const { req, res, exchange } = context;
    if (req.complete) return res.closeAfter();
    exchange?.destroy();
    const { requestBytes } = context;
    const broken = { ...failure, requestSent: requestBytes > 0, responseStarted: res.headersSent };
    if (res.headersSent) return this.onBroken(context, broken);
    this.#answer(context, broken);
    this.#recorder.record(context); // The end of the request, which linger waits for, will not come.
  }

  #left(context: ExchangeContext): void {
    context.exchange?.destroy();
    if (context.isAnswered) this.#recorder.record(context);
    else this.#recorder.recordLeft(context);
  }
}

/** An address in place of a name is a mistake of its own. */
function hostFailure(host: string): OriginFailure {
  const failure = edgeFailure("destination_not_found", `no zone has "${host}"`);
  return isIP(host.replace(/^\[(.*)\]$/, "$1")) === 0
    ? failure
    : { ...failure, reason: "direct_ip" };
}
