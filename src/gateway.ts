// The line, on one screen: identify → route → pick → connect → exchange → respond, or classify → map → render, and record.

import type { FastifyInstance, FastifyReply } from "fastify";
import type { Logger } from "pino";

import { Admission } from "./admission.ts";
import { Capacity } from "./capacity/capacity.ts";
import { unknownHost } from "./classify/edge-failure.ts";
import type { OriginFailure } from "./classify/origin-failure.ts";
import type { GatewayConfig } from "./config/gateway-config.ts";
import { Exchange, type ExchangeListener } from "./exchange/exchange.ts";
import { addReplyFrom, replyOptions } from "./exchange/reply-from.ts";
import type { Tunnel } from "./exchange/tunnel.ts";
import { ExchangeContext } from "./exchange-context.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { type Health, OriginHealth } from "./health/origin-health.ts";
import { identify } from "./identify/identify.ts";
import { newRayId } from "./identify/ray-id.ts";
import { Injection } from "./inject/injection.ts";
import { Judge } from "./judge.ts";
import { ClientConnections } from "./listen/client-connections.ts";
import type { ClientResponse } from "./listen/client-response.ts";
import { type Door, FrontDoor, type Ports } from "./listen/front-door.ts";
import { linger } from "./listen/linger.ts";
import { loadCertificates } from "./listen/load-certificates.ts";
import { OwnAddresses } from "./listen/own-addresses.ts";
import { createServer, everyPath } from "./listen/server.ts";
import { passOn } from "./pass-on.ts";
import { AccessLines, type LineWriter } from "./record/access-lines.ts";
import { Metrics } from "./record/metrics.ts";
import { RecentExchanges } from "./record/recent-exchanges.ts";
import { Recorder } from "./record/recorder.ts";
import { ReloadRecord } from "./record/reload-record.ts";
import { InForce } from "./reload/in-force.ts";
import { applicable } from "./reload/needs-restart.ts";
import type { ReloadOutcome } from "./reload/reload-outcome.ts";
import { respond } from "./render/respond.ts";
import { Refusals } from "./refusals.ts";
import { Settings } from "./settings.ts";
import { loadTracing } from "./trace/load-tracing.ts";
import type { Tracing } from "./trace/tracing.ts";
import type { Zone } from "./zone.ts";

/** A gateway that answers requests. */
export class Gateway implements ExchangeListener {
  readonly settings: Settings;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly reloads: ReloadRecord;
  readonly recent: RecentExchanges;
  readonly injection: Injection;
  readonly capacity: Capacity;
  readonly #messages: Logger;
  readonly #parts: GatewayParts;
  readonly #inForce: InForce;
  readonly #judge: Judge;
  readonly #admission: Admission;
  readonly #refusals: Refusals;
  readonly #recorder: Recorder;
  readonly #own: OwnAddresses;
  /** True for an address and port at which it listens. */
  readonly isOwnAddress = (host: string, port: number): boolean => this.#own.has(host, port);
  /** Another server of this process listens there, such as the admin server: no origin may be it. */
  readonly listensAt = (host: string, port: number): Promise<void> => this.#own.add(host, port);
  readonly #server: FastifyInstance;
  readonly #door: Door;
  readonly #clients: ClientConnections;
  readonly #tunnels = new Set<Tunnel>();
  /** Null where no traces are made. */
  #tracing: Tracing | null = null;
  /** The ports taken, once it listens. */
  ports: Ports = { http: null, https: null };

  /** `lines` takes the access log, a line with its end at a time; `messages` what the gateway has to say of itself. */
  constructor(
    config: GatewayConfig,
    lines: LineWriter,
    messages: Logger,
    parts: GatewayParts = {},
  ) {
    const { canBeAsked = config.admin.port !== false } = parts;
    this.#messages = messages;
    this.#parts = parts;
    this.#own = parts.own ?? new OwnAddresses();
    this.recent = parts.recent ?? new RecentExchanges();
    this.reloads = parts.reloads ?? new ReloadRecord(messages);
    this.health = parts.health?.(this.#own.has) ?? new OriginHealth(this.#own.has, messages);
    const accessLines = new AccessLines(config.log, lines);
    const capacity = (this.capacity = new Capacity(config.overload, messages, parts.sharesPorts));
    this.metrics = new Metrics({
      checks: this.health.checks,
      reloads: this.reloads,
      lines: accessLines,
      capacity,
    });
    this.#inForce = new InForce(config, this.metrics, this.health);
    this.settings = new Settings(this.#inForce);
    this.injection = new Injection(this.#inForce, parts.office);
    this.#judge = new Judge(this.#inForce, messages);
    const [inForce, judge] = [this.#inForce, this.#judge];
    this.#admission = new Admission({ inForce, judge, capacity, httpPort: () => this.ports.http });
    const recent = canBeAsked ? this.recent : null;
    this.#recorder = new Recorder({ metrics: this.metrics, lines: accessLines, recent, capacity });
    this.#recorder.witness = parts.witness ?? null;
    this.#server = createServer(
      config,
      () => newRayId(this.config.colo),
      (...malformed) => refusals.malformed(...malformed),
    );
    this.#clients = new ClientConnections(this.#server.server, (context) => this.#left(context));
    const refusals = (this.#refusals = new Refusals({
      inForce,
      judge,
      recorder: this.#recorder,
      onBroken: (context, failure) => this.onBroken(context, failure),
    }));
    this.#door =
      parts.door ??
      new FrontDoor({
        app: this.#server,
        config,
        connections: capacity.connections,
        clients: this.#clients,
        onUnknownMethod: (req, res) => refusals.method(req, res),
      });
    this.#layLine();
  }

  /** What is in force now. A reload replaces it. */
  get config(): GatewayConfig {
    return this.#inForce.edition.config;
  }

  /** PEM of the CA that signs for clients' connections; null without HTTPS. */
  get caPem(): string | null {
    return this.#door.caPem;
  }

  get zones(): readonly Zone[] {
    return this.#inForce.edition.zones;
  }

  /** Listens; resolves with the ports taken. */
  async start(): Promise<Ports> {
    this.#inForce.open();
    if (this.config.tracing && this.#parts.door === undefined)
      this.#recorder.tracing = this.#tracing = await loadTracing(this.#messages);
    this.injection.adopt(this.config);
    await this.injection.prepare();
    this.capacity.open();
    const { listen } = this.config;
    const warn = (why: string): void => this.#messages.warn(why);
    const { certificates = () => loadCertificates(listen, warn) } = this.#parts;
    this.ports = await this.#door.open(certificates);
    for (const port of Object.values(this.ports) as (number | null)[])
      if (port !== null) await this.#own.add(listen.host, port); // oxlint-disable-line no-await-in-loop -- Two at most.
    return this.ports;
  }

  /**
   * Puts another configuration in force, at once and whole, once the gateway has started: requests under way end by the one that
   * they began with. `startedAt` is when reading it began.
   */
  async reload(next: GatewayConfig, startedAt = performance.now()): Promise<ReloadOutcome> {
    const { config, keys: needsRestart } = applicable(this.config, next);
    const outcome = { ...this.#inForce.replace(config), needsRestart };
    this.settings.reset();
    this.injection.adopt(config);
    this.capacity.adopt(config.overload);
    await this.#door.adapt(config);
    this.reloads.succeeded(config, outcome, performance.now() - startedAt);
    return outcome;
  }

  /** Records a request that another process has not recorded. */
  recordFor(context: ExchangeContext, failure: OriginFailure | null): void {
    context.zone = this.#inForce.edition.router.find(context.host);
    if (failure !== null) this.#judge.settle(context, failure);
    this.#recorder.record(context);
  }

  /** Refuses new connections, lets what is under way end for up to `graceMs`, and closes every connection. */
  async close(graceMs = 0): Promise<void> {
    for (const tunnel of this.#tunnels) tunnel.close(); // They end when somebody ends them, which may be never.
    const { idleMs } = this.config.shutdown;
    await this.#door.close({ idleMs, graceMs, cutOff: (contexts) => this.#cutOff(contexts) });
    this.capacity.close();
    this.#inForce.close();
    await this.injection.close();
    this.health.close();
    await this.#tracing?.close();
  }

  /** onRequest = identify, one route = route … render, onResponse = record. */
  #layLine(): void {
    const options = replyOptions({
      onHead: (context, reply, begin) => passOn(context, reply, begin, this.#parts.witness),
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
      else if (failure === "injected") void this.#inject(request.exchange, reply, options);
      else this.#refuse(request.exchange, reply, failure);
    });
    this.#server.addHook("onResponse", ({ exchange }, _reply, done) => {
      this.#clients.delete(exchange);
      if (exchange.res.isCutShort) this.#left(exchange);
      else this.#recorder.record(exchange);
      done();
    });
  }

  /** Gives the request its zone and its exchange, or says why it goes no further. */
  #admit(context: ExchangeContext): OriginFailure | "answered" | "injected" | null {
    const refused = this.#admission.admit(context);
    if (refused !== null || context.zone === null) return refused;
    this.#parts.witness?.began(context);
    this.#tracing?.begin(context); // Before anything leaves: the origin is told of it.
    const injected = this.injection.choose(context);
    if (injected !== false) return injected === true ? "injected" : injected;
    context.exchange = new Exchange(context, context.zone, this.#own.has, this);
    return null;
  }

  /** The request has a fault in its way: it goes on once that is there, in what stands in for its zone. Never rejects. */
  async #inject(
    context: ExchangeContext,
    reply: FastifyReply,
    options: ReturnType<typeof replyOptions>,
  ): Promise<void> {
    const failure = await this.injection.ready(context);
    if (context.isRecorded) return void reply.hijack(); // The client did not wait.
    const zone = context.askedZone;
    if (failure !== null || zone === null)
      return this.#refuse(context, reply, failure ?? unknownHost(context.host));
    context.exchange = new Exchange(context, zone, this.#own.has, this);
    reply.from(everyPath, options);
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
    this.#parts.witness?.answered(context);
    this.#clients.delete(context); // The tunnel hears of the client's end by itself.
  }

  onTunnelClosed(context: ExchangeContext, tunnel: Tunnel, failure: OriginFailure | null): void {
    this.#tunnels.delete(tunnel);
    if (failure !== null) this.#judge.judge(context, failure);
    this.#recorder.record(context);
  }

  /** The grace is over before these are. */
  #cutOff(contexts: readonly ExchangeContext[]): void {
    if (contexts.length === 0) return;
    this.#messages.warn({ requests: contexts.length }, "the grace is over: requests are cut off");
    for (const context of contexts) this.#refusals.cutOff(context);
  }

  #left(context: ExchangeContext): void {
    context.exchange?.destroy();
    if (context.isAnswered) this.#recorder.record(context);
    else this.#recorder.recordLeft(context);
  }
}
