// The line, on one screen: identify → route → pick → connect → exchange → respond, or classify → map → render, and record.

import { isIP } from "node:net";

import type { FastifyInstance, FastifyReply } from "fastify";
import type { Logger } from "pino";

import { edgeFailure } from "./classify/edge-failure.ts";
import type { OriginFailure } from "./classify/origin-failure.ts";
import type { GatewayConfig } from "./config/gateway-config.ts";
import { sslModes } from "./config/ssl-modes.ts";
import { Exchange, type ExchangeListener } from "./exchange/exchange.ts";
import { addReplyFrom, replyOptions } from "./exchange/reply-from.ts";
import type { Tunnel } from "./exchange/tunnel.ts";
import { ExchangeContext } from "./exchange-context.ts";
import { OriginHealth } from "./health/origin-health.ts";
import { hasBody } from "./identify/has-body.ts";
import { identify } from "./identify/identify.ts";
import { overLimit } from "./identify/limits.ts";
import { mostLoops } from "./identify/loops.ts";
import { newRayId } from "./identify/ray-id.ts";
import { Judge } from "./judge.ts";
import type { ClientCertificates } from "./listen/client-certificates.ts";
import { ClientConnections } from "./listen/client-connections.ts";
import type { ClientResponse } from "./listen/client-response.ts";
import { FrontDoor, type Ports } from "./listen/front-door.ts";
import { isLingering, linger } from "./listen/linger.ts";
import { OwnAddresses } from "./listen/own-addresses.ts";
import { createServer, everyPath } from "./listen/server.ts";
import { AccessLines, type LineWriter } from "./record/access-lines.ts";
import { Metrics } from "./record/metrics.ts";
import { RecentExchanges } from "./record/recent-exchanges.ts";
import { Recorder } from "./record/recorder.ts";
import { type ReloadOutcome, ReloadRecord } from "./record/reload-record.ts";
import { InForce } from "./reload/in-force.ts";
import { applicable } from "./reload/needs-restart.ts";
import { replacementFor } from "./render/replace.ts";
import { respond } from "./render/respond.ts";
import { answerServerOptions } from "./render/server-options.ts";
import { redirectToHttp } from "./render/to-http.ts";
import { isReserved, Reserved } from "./reserved/reserved.ts";
import { Refusals } from "./refusals.ts";
import { Settings } from "./settings.ts";
import type { Tracing } from "./trace/tracing.ts";
import type { Zone } from "./zone.ts";

declare module "fastify" {
  interface FastifyRequest {
    exchange: ExchangeContext;
  }
}

/** A gateway that answers requests. */
export class Gateway implements ExchangeListener {
  readonly settings: Settings;
  readonly metrics: Metrics;
  readonly health: OriginHealth;
  readonly reloads: ReloadRecord;
  readonly recent = new RecentExchanges();
  readonly #messages: Logger;
  readonly #inForce: InForce;
  readonly #judge: Judge;
  readonly #reserved: Reserved;
  readonly #recorder: Recorder;
  readonly #own = new OwnAddresses();
  /** True for an address and port at which it listens. */
  readonly isOwnAddress = this.#own.has;
  /** Another server of this process listens there, such as the admin server: no origin may be it. */
  readonly listensAt = (host: string, port: number): Promise<void> => this.#own.add(host, port);
  readonly #server: FastifyInstance;
  readonly #door: FrontDoor;
  readonly #clients: ClientConnections;
  readonly #tunnels = new Set<Tunnel>();
  /** Null where no traces are made. */
  #tracing: Tracing | null = null;
  /** The ports taken, once it listens. */
  ports: Ports = { http: null, https: null };

  /**
   * `lines` takes the access log, a line with its end at a time; `messages` what the gateway has to say of itself. Exchanges
   * are kept where somebody can ask for them.
   */
  constructor(
    config: GatewayConfig,
    lines: LineWriter,
    messages: Logger,
    canBeAsked = config.admin.port !== false,
  ) {
    this.#messages = messages;
    this.reloads = new ReloadRecord(messages);
    this.health = new OriginHealth(this.#own.has, messages);
    const accessLines = new AccessLines(config.log, lines);
    this.metrics = new Metrics({
      checks: this.health.checks,
      reloads: this.reloads,
      lines: accessLines,
    });
    this.#inForce = new InForce(config, this.metrics, this.health);
    this.settings = new Settings(this.#inForce);
    this.#judge = new Judge(this.#inForce, messages);
    this.#reserved = new Reserved(this.#inForce);
    this.#recorder = new Recorder(this.metrics, accessLines, canBeAsked ? this.recent : null);
    this.#server = createServer(
      config,
      () => newRayId(this.config.colo),
      (...malformed) => refusals.malformed(...malformed),
    );
    this.#door = new FrontDoor(this.#server, config, (req, res) => refusals.method(req, res));
    this.#clients = new ClientConnections(this.#server.server, (context) => this.#left(context));
    const refusals = new Refusals({
      inForce: this.#inForce,
      judge: this.#judge,
      recorder: this.#recorder,
      onBroken: (context, failure) => this.onBroken(context, failure),
    });
    this.#layLine();
  }

  /** What is in force now. A reload replaces it. */
  get config(): GatewayConfig {
    return this.#inForce.edition.config;
  }

  get zones(): readonly Zone[] {
    return this.#inForce.edition.zones;
  }

  /** Listens; resolves with the ports taken. */
  async start(): Promise<Ports> {
    this.#inForce.open();
    if (this.config.tracing) await this.#startTracing();
    const ports = await this.#door.open(() => this.#certificates());
    const { host } = this.config.listen;
    this.ports = ports;
    if (ports.http !== null) await this.#own.add(host, ports.http);
    if (ports.https !== null) await this.#own.add(host, ports.https);
    return ports;
  }

  /**
   * Puts another configuration in force, at once and whole, once the gateway has started: requests under way end by the one that
   * they began with. `startedAt` is when reading it began.
   */
  async reload(next: GatewayConfig, startedAt = performance.now()): Promise<ReloadOutcome> {
    const { config, keys: needsRestart } = applicable(this.config, next);
    const outcome = { ...this.#inForce.replace(config), needsRestart };
    this.settings.reset();
    await this.#door.adapt(config);
    this.reloads.succeeded(config, outcome, performance.now() - startedAt);
    return outcome;
  }

  /** Loaded when traces are wanted, as few want them. */
  async #startTracing(): Promise<void> {
    const { Tracing: Traces } = await import("./trace/tracing.ts");
    this.#tracing = new Traces(this.#messages);
    this.#recorder.tracing = this.#tracing;
  }

  /** Loaded when HTTPS is wanted: making certificates takes a library that nobody else needs. */
  async #certificates(): Promise<ClientCertificates> {
    const [{ LocalCa }, { ClientCertificates: Certificates }] = await Promise.all([
      import("./listen/local-ca.ts"),
      import("./listen/client-certificates.ts"),
    ]);
    const { listen } = this.config;
    const ca = await LocalCa.loadOrInMemory(listen.caFolder, (why) => this.#messages.warn(why));
    return new Certificates(ca, listen);
  }

  /** Refuses new connections, lets what is under way end for up to `graceMs`, and closes every connection. */
  async close(graceMs = 0): Promise<void> {
    for (const tunnel of this.#tunnels) tunnel.close(); // They end when somebody ends them, which may be never.
    await this.#door.close(graceMs);
    this.#inForce.close();
    this.health.close();
    await this.#tracing?.close();
  }

  /** onRequest = identify, one route = route … render, onResponse = record. */
  #layLine(): void {
    const options = replyOptions({
      onHead: (context, reply, begin) => this.#respond(context, reply, begin),
      onFailed: (context, reply, failure) => this.#refuse(context, reply, failure),
    });
    addReplyFrom(this.#server);
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
    const { host, loops, refusal } = context;
    if (isLingering(context.req.socket)) {
      context.isRecorded = true; // To nobody's knowledge: its connection has been told that it is over.
      return "answered";
    }
    context.zone = refusal?.reason === "bad_host" ? null : this.#inForce.edition.router.find(host);
    const fault = refusal ?? overLimit(context, context.zone?.config.limits ?? this.config.limits);
    if (fault !== null) return fault;
    if (context.target === "*") {
      answerServerOptions(context);
      return "answered";
    }
    if (isReserved(context.target))
      return this.#reserved.answer(context, this.#judge.errorsOf(context)) ?? "answered";
    if (context.zone === null) return hostFailure(host);
    if (loops >= mostLoops) return edgeFailure("proxy_loop_detected", `it was here ${loops} times`);
    if (context.scheme === "https" && sslModes[context.zone.config.ssl].isHttpOnly) {
      redirectToHttp(context, this.ports.http ?? 0);
      return "answered";
    }
    this.#tracing?.begin(context); // Before anything leaves: the origin is told of it.
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
    this.#answer(context, failure);
  }

  #answer(context: ExchangeContext, failure: OriginFailure): void {
    context.originStatus = 0;
    respond(context, failure, this.#judge.judge(context, failure));
  }

  /** The origin's response has been passed on. */
  onComplete(context: ExchangeContext): void {
    linger(context);
  }

  /** The response broke off after its head had left: no code can be sent, but it is recorded all the same. */
  onBroken(context: ExchangeContext, failure: OriginFailure): void {
    this.#judge.judge(context, failure);
    this.#clients.delete(context);
    this.#recorder.record(context);
    context.res.cut();
  }

  onTunnel(context: ExchangeContext, tunnel: Tunnel): void {
    this.#tunnels.add(tunnel);
    context.res.statusCode = 101;
    this.#clients.becomesTunnel(context);
  }

  onTunnelClosed(context: ExchangeContext, tunnel: Tunnel, failure: OriginFailure | null): void {
    this.#tunnels.delete(tunnel);
    if (failure !== null) this.#judge.judge(context, failure);
    this.#recorder.record(context);
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
