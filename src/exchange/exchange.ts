// A request's way to an origin and back: which connection, which origin next, what may be tried again. The heart of the line.

import type { Socket } from "node:net";

import { classifyExchange } from "../classify/classify-exchange.ts";
import { classifyOpening } from "../classify/classify-opening.ts";
import { ExchangeError } from "../classify/exchange-error.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import { codeOf } from "../connect/phase-error.ts";
import { authorityOf } from "../connect/target.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { BrokenLane } from "../inject/broken-lane.ts";
import { expectsContinue } from "../identify/has-body.ts";
import { upgradeOf } from "../listen/upgrades.ts";
import type { Zone } from "../zone.ts";
import { Attempt, switchingProtocols } from "./attempt.ts";
import type { AttemptOwner } from "./attempt-owner.ts";
import { BodyCopy } from "./body-copy.ts";
import type { OriginLane } from "./origin-lane.ts";
import type { ConnectionPool } from "./connection-pool.ts";
import { forwardInterim } from "./interim.ts";
import { mayRepeat, needsCopy } from "./may-repeat.ts";
import type { RawHead } from "./read-head.ts";
import { requestFields } from "./request-fields.ts";
import type { ReplyFromCallback } from "./reply-from.ts";
import type { ResponseHead } from "./response-head.ts";
import { Tunnel } from "./tunnel.ts";
import type { Origin } from "./origin.ts";
import { Itinerary } from "../pick/itinerary.ts";

/** How an exchange ends once a head was passed on; one of the two is called, once. */
export interface ExchangeListener {
  /** Head and content have been passed on, complete. */
  onComplete(context: ExchangeContext): void;
  /** The response broke off after its head had left. */
  onBroken(context: ExchangeContext, failure: OriginFailure): void;
  /** The origin goes on in another protocol; both connections are the tunnel's, which ends with `onTunnelClosed`. */
  onTunnel(context: ExchangeContext, tunnel: Tunnel): void;
  /** `failure` is the origin's, null if the tunnel ended as tunnels do. */
  onTunnelClosed(context: ExchangeContext, tunnel: Tunnel, failure: OriginFailure | null): void;
}

/** reply-from copies fields one by one; ours are written by the attempt. */
const noFields = Object.freeze({});

/** One request's exchange with a zone's origins. */
export class Exchange implements AttemptOwner {
  readonly #context: ExchangeContext;
  readonly #zone: Zone;
  readonly #isOwnAddress: (address: string, port: number) => boolean;
  readonly #listener: ExchangeListener;
  /** Aborts a connection being made; there is one only while it is. */
  #connecting: AbortController | null = null;
  #callback: ReplyFromCallback | null = null;
  #attempt: Attempt | null = null;
  readonly #itinerary: Itinerary;
  #pool: ConnectionPool | null = null;
  #hasRetried = false;
  /** The client has been told to go on with its body, if it waits for that. */
  #hasContinued = false;
  #hasBegun = false;
  /** Why there is no response; null while there may be one. */
  failure: OriginFailure | null = null;
  #isOver = false;

  constructor(
    context: ExchangeContext,
    zone: Zone,
    isOwnAddress: (address: string, port: number) => boolean,
    listener: ExchangeListener,
  ) {
    this.#context = context;
    this.#zone = zone;
    this.#itinerary = new Itinerary(zone, context);
    this.#isOwnAddress = isOwnAddress;
    this.#listener = listener;
  }

  /** Sends the request to the origin whose turn it is, over a kept connection if there is one. */
  start(callback: ReplyFromCallback): void {
    this.#callback = callback;
    const origin = this.#itinerary.begin();
    if (origin !== null) return this.#goTo(origin);
    this.#refuse(this.#itinerary.unavailable);
  }

  /** Lets the client have the head that the callback told of, with these fields besides, and the content after it. */
  begin(extraFields: readonly string[]): void {
    const cookie = this.#itinerary.bind();
    this.#attempt?.begin(cookie === null ? extraFields : [...extraFields, "set-cookie", cookie]);
    this.#hasBegun = true;
    this.#context.copy?.drop();
  }

  /** Lets `write` send the client something else than the response that the callback told of, given its head. */
  replace(write: (head: ResponseHead) => void): void {
    const attempt = this.#attempt;
    const pool = this.#pool;
    if (attempt === null) return;
    attempt.replace(write, () => pool?.release(attempt.connection));
    this.#isOver = true;
    this.#itinerary.leave(null);
    this.#context.trace?.answered(this.#context.originStatus, null);
    this.#listener.onComplete(this.#context);
  }

  /** Ends the way to the origin, and whatever has come of it: the client has left. */
  destroy(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#itinerary.abandon();
    this.#connecting?.abort();
    this.#attempt?.fail(new ExchangeError("CLIENT_LEFT", "the client left"));
  }

  onHead({ status }: ResponseHead): void {
    this.#callback?.(null, { statusCode: status, headers: noFields, body: this });
  }

  onInterim(head: RawHead): void {
    forwardInterim(this.#context, head);
  }

  onComplete(attempt: Attempt): void {
    this.#isOver = true;
    this.#itinerary.leave(null);
    this.#pool?.release(attempt.connection);
    this.#context.trace?.answered(this.#context.originStatus, null);
    this.#listener.onComplete(this.#context);
  }

  /** From here on bytes pass both ways; that is no exchange any more. */
  onUpgraded(attempt: Attempt, head: string, origin: Socket): void {
    const context = this.#context;
    const upgrade = upgradeOf(context.req);
    if (upgrade === null || this.#isOver) return void origin.destroy();
    this.#isOver = true;
    upgrade.stopWatching();
    const cookie = this.#itinerary.bind();
    const last = cookie === null ? "" : `set-cookie: ${cookie}\r\n`;
    upgrade.socket.write(`${head}${last}\r\n`, "latin1");
    const tunnel = new Tunnel({
      client: upgrade.socket,
      origin,
      idleMs: this.#zone.timeouts.tunnelIdleMs,
      onBytes: (toOrigin, toClient) => {
        context.requestBytes += toOrigin;
        context.responseBytes += toClient;
      },
      onClosed: (error) => {
        const failure = error === null ? null : this.#failureOf(attempt, error, true);
        this.#itinerary.leave(failure);
        context.trace?.answered(switchingProtocols, failure);
        this.#listener.onTunnelClosed(context, tunnel, failure);
      },
    });
    this.#listener.onTunnel(context, tunnel);
  }

  onFailed(attempt: Attempt, error: unknown): void {
    if (this.#isOver) return;
    if (codeOf(error) === "CLIENT_LEFT") return this.#dismissClient();
    const failure = this.#failureOf(attempt, error, this.#hasBegun);
    this.#context.trace?.answered(attempt.hasHead ? this.#context.originStatus : 0, failure);
    if (this.#hasBegun) {
      this.#isOver = true;
      this.#itinerary.leave(failure);
      return this.#listener.onBroken(this.#context, failure);
    }
    if (!this.#hasRetried && mayRepeat(this.#context, attempt, failure)) {
      this.#hasRetried = true;
      this.#context.retries += 1;
      this.#zone.retryCounts.same_origin += 1;
      return this.#tryOrigin(false);
    }
    return this.#fail(failure);
  }

  #failureOf(attempt: Attempt, error: unknown, responseStarted: boolean): OriginFailure {
    const { connection, isReused, requestSent, hasHead } = attempt;
    const { wire } = connection;
    return classifyExchange({ error, wire, isReused, requestSent, hasHead, responseStarted });
  }

  #goTo(origin: Origin): void {
    const { scheme, req } = this.#context;
    this.#pool = origin.connectionsFor(scheme, upgradeOf(req) !== null);
    this.#hasRetried = false;
    this.#tryOrigin(true);
  }

  #tryOrigin(mayReuse: boolean): void {
    const pool = this.#pool;
    if (pool === null) return;
    const context = this.#context;
    context.origin = pool.target.label;
    this.#zone.resolver.refresh(pool.target.host);
    const kept = mayReuse ? pool.takeIdle(context.host) : null;
    if (kept !== null) return this.#send(kept);
    void this.#connect(pool);
  }

  /** Never rejects: every failure goes to the listener. */
  async #connect(pool: ConnectionPool): Promise<void> {
    const context = this.#context;
    const { dnsMs, connectMs, handshakeMs } = this.#zone.timeouts;
    const progress = { dnsMs: null, tcpMs: null, tlsMs: null, originIp: "" };
    this.#connecting = new AbortController();
    context.isReused = false;
    context.tolerated = null;
    context.trace?.connecting();
    try {
      const connection = await pool.open({
        resolver: this.#zone.resolver,
        deadlines: { dnsMs, connectMs, handshakeMs },
        requestHost: context.host,
        isOwnAddress: this.#isOwnAddress,
        signal: this.#connecting.signal,
        progress,
      });
      Object.assign(context, progress);
      context.trace?.connected(progress, null);
      if (this.#isOver) return connection.destroy();
      this.#send(connection);
    } catch (error) {
      Object.assign(context, progress);
      if (this.#isOver) return context.trace?.connected(progress, null);
      const failure = classifyOpening(error);
      context.trace?.connected(progress, failure);
      this.#fail(failure);
    }
  }

  #send(lane: OriginLane): void {
    const context = this.#context;
    const late = context.injected?.late ?? null;
    const connection = late === null ? lane : new BrokenLane(lane, late);
    if (needsCopy(context, this.#zone, connection))
      context.copy ??= new BodyCopy(this.#zone.config.limits.replayBytes);
    const attempt = new Attempt(context, connection, this.#zone.attempts, this);
    this.#attempt = attempt;
    context.isReused = attempt.isReused;
    context.originIp = connection.connection.progress.originIp;
    context.tolerated = connection.connection.tolerated;
    if (!attempt.isReused)
      this.#itinerary.origin?.standing.sawCertificate(connection.connection.certificateExpiresAt);
    if (this.#pool !== null) context.trace?.sending(this.#pool.target, connection);
    if (!this.#hasContinued && expectsContinue(context.req)) context.res.writeContinue();
    this.#hasContinued = true;
    const { isHttp2 } = connection.wire;
    attempt.send(requestFields(context, this.#hostField(), this.#zone, isHttp2));
  }

  #hostField(): string {
    const { hostHeader = "request" } = this.#itinerary.origin?.config ?? {};
    if (hostHeader === "request") return this.#context.hostField;
    if (hostHeader !== "origin") return hostHeader;
    return this.#pool === null ? "" : authorityOf(this.#pool.target);
  }

  /** Another origin has its turn if the request may go there; else this is how it ends. */
  #fail(failure: OriginFailure): void {
    this.#itinerary.leave(failure);
    const next = this.#itinerary.goOn(failure);
    if (next !== null) {
      this.#context.recovered.push({ origin: this.#context.origin, failure });
      this.#context.retries += 1;
      return this.#goTo(next);
    }
    this.#context.copy?.drop();
    this.#refuse(failure);
  }

  #refuse(failure: OriginFailure): void {
    this.#isOver = true;
    this.failure = failure;
    this.#callback?.(null, { statusCode: 502, headers: noFields, body: this });
  }

  /** The client has not read for too long: as if it had left, which closing its connection makes true. */
  #dismissClient(): void {
    this.#isOver = true;
    this.#itinerary.abandon();
    this.#context.res.cut();
  }
}
