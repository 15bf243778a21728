// One request's whole story, filled in as it moves along the line. Every folder writes its part; `record` reads it all, once.

import type { OriginFailure } from "./classify/origin-failure.ts";
import type { PhaseError } from "./connect/phase-error.ts";
import type { BodyCopy } from "./exchange/body-copy.ts";
import type { Exchange } from "./exchange/exchange.ts";
import type { Injected } from "./inject/injected.ts";
import type { ClientRequest } from "./listen/client-request.ts";
import type { ClientResponse } from "./listen/client-response.ts";
import type { Told } from "./map/codes-for.ts";
import type { EdgeCode } from "./map/edge-code.ts";
import type { RequestTrace } from "./trace/request-trace.ts";
import type { Zone } from "./zone.ts";

declare module "fastify" {
  interface FastifyRequest {
    exchange: ExchangeContext;
  }
}

/** The facts of one request, from its first byte to its line in the log. */
export class ExchangeContext {
  readonly req: ClientRequest;
  readonly res: ClientResponse;
  /** When the request's head was there, in milliseconds of `performance.now()`. */
  readonly startedAt: number;

  // identify
  readonly ray: string;
  /** Address of the client: of the connection's peer, or of whom a trusted proxy names. */
  clientAddress = "";
  /** Address of the connection's peer. */
  peerAddress = "";
  scheme: "http" | "https" = "http";
  /** The request's host, lower case and without port. */
  host = "";
  /** The Host field to pass on: the client's, or the authority of an absolute target. */
  hostField = "";
  /** Why the request goes no further, if it breaks HTTP's rules. */
  refusal: OriginFailure | null = null;
  /** Path and query, as received. */
  target = "/";
  /** The request's fields as received, names and values in turn, without HTTP/2's pseudo-fields. */
  rawFields: readonly string[] = [];
  /** How much the request's fields are together, counted as its version of HTTP counts them. */
  fieldBytes = 0;
  /** How often CDN-Loop says that the request was here before. */
  loops = 0;

  // capacity
  /** It was let in, and counts until it is recorded. */
  isUnderWay = false;

  // route, pick
  zone: Zone | null = null;
  /** The fault that is put in its way; null as a rule. */
  injected: Injected | null = null;
  /** The origin's label; empty until one is picked. */
  origin = "";

  // connect, exchange
  /** Peer address of the connection that answered, or was tried last. */
  originIp = "";
  /** Status that the origin sent; 0 while, or when, the edge answers by itself. */
  originStatus = 0;
  isReused = false;
  retries = 0;
  /** Bytes of content that were read from the client, once each. */
  requestBytes = 0;
  /** What was read of the content, where it may have to be sent again; null where it will not. */
  copy: BodyCopy | null = null;
  responseBytes = 0;
  dnsMs: number | null = null;
  tcpMs: number | null = null;
  tlsMs: number | null = null;
  responseMs: number | null = null;
  /** What is wrong with the origin's certificate, where the zone's SSL mode lets it pass. */
  tolerated: PhaseError | null = null;

  // classify, map
  failure: OriginFailure | null = null;
  code: EdgeCode | null = null;
  /** What the client is told of the failure, if it can still be told. */
  told: Told | null = null;
  /** When that was settled, in milliseconds since the epoch. */
  answeredAt: number | null = null;
  /** Failures of origins that another origin made good. */
  readonly recovered: { readonly origin: string; readonly failure: OriginFailure }[] = [];

  // respond, record
  /** Status that the client got; 499 if it left first, 0 until then. */
  status = 0;
  /** The response is written whole; what is still to come is the rest of the request. */
  isAnswered = false;
  isRecorded = false;
  /** The exchange with the zone's origins; null if it came to none. */
  exchange: Exchange | null = null;
  /** Its place in the flight recorder; -1 if it has none. */
  flight = -1;
  /** Its spans; null where there are none, or none yet. */
  trace: RequestTrace | null = null;

  /** The zone whose origins are asked: its own, or what stands in for that. */
  get askedZone(): Zone | null {
    return this.injected?.standIn ?? this.zone;
  }

  constructor(req: ClientRequest, res: ClientResponse, ray: string, startedAt = performance.now()) {
    this.req = req;
    this.res = res;
    this.ray = ray;
    this.startedAt = startedAt;
  }
}
