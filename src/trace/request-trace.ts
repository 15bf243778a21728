// One request's trace: a server span, and below it what was done towards origins: dns, tcp, tls, response.

import {
  type Attributes,
  type Context,
  type HrTime,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";

import type { OriginFailure } from "../classify/origin-failure.ts";
import type { ConnectProgress } from "../connect/connect.ts";
import type { Target } from "../connect/target.ts";
import type { OriginLane } from "../exchange/origin-lane.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import {
  exchangeAttributes,
  failed,
  failureAttributes,
  good,
  type Outcome,
  outcomeOf,
  requestAttributes,
  resultAttributes,
  serverName,
  statusOutcome,
} from "./attributes.ts";
import { contextOf, fieldsFor, type ForwardedFields } from "./propagate.ts";

/** In the order in which they are taken. */
const steps = ["dns", "tcp", "tls"] as const;

/**
 * The spans of a request. Nothing that the SDK throws comes out of it, and nothing waits for the SDK.
 *
 * Times are milliseconds of `performance.now()`. All spans of a request are told them by one clock, so that a child never
 * seems to begin before its parent.
 */
export class RequestTrace {
  /** What tells the origin of the trace, in place of the client's own fields; null where nothing does. */
  forwarded: ForwardedFields | null = null;
  readonly #context: ExchangeContext;
  readonly #tracer: Tracer;
  readonly #onError: (error: unknown) => void;
  /** Milliseconds since 1970 when `performance.now()` was 0, as the wall clock has it now. */
  readonly #epoch = Date.now() - performance.now();
  #server: Span | null = null;
  #parent: Context | null = null;
  #response: Span | null = null;
  #isConnecting = false;
  #endedAt = Infinity;

  /** `onError` hears of what the SDK throws. */
  constructor(context: ExchangeContext, tracer: Tracer, onError: (error: unknown) => void) {
    this.#context = context;
    this.#tracer = tracer;
    this.#onError = onError;
    this.#safely(() => {
      const remote = contextOf(context.req.headers);
      this.#server = this.#start(serverName(context), context.startedAt, remote, {
        kind: SpanKind.SERVER,
        attributes: requestAttributes(context),
      });
      this.#parent = trace.setSpan(remote, this.#server);
    });
  }

  /** A connection is being made, or waited for; `connected` follows in any case. */
  connecting(): void {
    this.#isConnecting = true;
  }

  /** It is there, or there will be none. The steps have just ended, one after the other: their durations say when each began. */
  connected(progress: Readonly<ConnectProgress>, failure: OriginFailure | null): void {
    if (!this.#isConnecting) return;
    this.#isConnecting = false;
    this.#safely(() => this.#tellSteps(progress, failure));
    if (this.#endedAt < Infinity) this.#endServer();
  }

  /** The request is about to leave: from here on there is something to forward. */
  sending(target: Target, lane: OriginLane): void {
    this.#safely(() => {
      const parent = this.#parent;
      if (parent === null) return;
      this.#response = this.#start("response", performance.now(), parent, {
        kind: SpanKind.CLIENT,
        attributes: exchangeAttributes(this.#context, target, lane),
      });
      this.forwarded = fieldsFor(this.#response, parent);
    });
  }

  /** The exchange with this origin is over. `status` is 0 if no head came. */
  answered(status: number, failure: OriginFailure | null): void {
    this.#endResponse(failure === null ? statusOutcome(status) : failed(failure), {
      ...(status > 0 && { "http.response.status_code": status }),
      ...(failure !== null && failureAttributes(failure)),
    });
  }

  /** The request has been recorded: nothing follows but the end of a connection that is still being made. */
  end(): void {
    if (this.#endedAt < Infinity) return;
    this.#endedAt = performance.now();
    this.#endResponse(outcomeOf(this.#context), {});
    if (!this.#isConnecting) this.#endServer();
  }

  #tellSteps(progress: Readonly<ConnectProgress>, failure: OriginFailure | null): void {
    const parent = this.#parent;
    if (parent === null) return;
    const taken = steps.filter((step) => progress[`${step}Ms`] !== null);
    const tookMs = taken.reduce((sum, step) => sum + (progress[`${step}Ms`] ?? 0), 0);
    let at = performance.now() - tookMs;
    for (const step of taken) {
      const startedAt = at;
      at += progress[`${step}Ms`] ?? 0;
      // Of a connection that was being made for others before this request came.
      if (at <= this.#context.startedAt) continue;
      const isBroken = failure?.phase === step;
      const span = this.#start(step, startedAt, parent, {
        kind: SpanKind.INTERNAL,
        attributes: { "edgecase.origin": this.#context.origin },
      });
      finish(span, isBroken ? failed(failure) : good, isBroken ? failureAttributes(failure) : {});
      span.end(this.#time(at));
    }
  }

  #endResponse(outcome: Outcome, attributes: Attributes): void {
    const span = this.#response;
    if (span === null) return;
    this.#response = null;
    this.#safely(() => {
      finish(span, outcome, attributes);
      span.end(this.#time(performance.now()));
    });
  }

  #endServer(): void {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    this.#safely(() => {
      finish(server, outcomeOf(this.#context), resultAttributes(this.#context));
      server.end(this.#time(this.#endedAt));
    });
  }

  #start(
    name: string,
    at: number,
    parent: Context,
    options: { kind: SpanKind; attributes: Attributes },
  ): Span {
    return this.#tracer.startSpan(name, { ...options, startTime: this.#time(at) }, parent);
  }

  /** A time within the request, as the SDK takes it. */
  #time(at: number): HrTime {
    const within = Math.min(Math.max(at, this.#context.startedAt), this.#endedAt);
    const milliseconds = this.#epoch + within;
    const seconds = Math.floor(milliseconds / 1000);
    return [seconds, Math.floor((milliseconds - seconds * 1000) * 1e6)];
  }

  /** Whatever an SDK, its processors or its exporters do: the request is not to suffer. */
  #safely(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#onError(error);
    }
  }
}

function finish(span: Span, { type, isError, detail }: Outcome, attributes: Attributes): void {
  span.setAttributes(type === "" ? attributes : { ...attributes, "error.type": type });
  if (isError)
    span.setStatus({ code: SpanStatusCode.ERROR, ...(detail !== "" && { message: detail }) });
}
