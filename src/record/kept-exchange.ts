// What is kept of a request that has ended, for those who ask later: words and numbers alone. Nothing in it holds a connection, a
// body or an error's cause, and every text is bounded.

import { describeTolerated } from "../classify/classify-connect.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import type { ZoneConfig } from "../config/gateway-config.ts";
import type { CertificateFacts } from "../connect/certificate-facts.ts";
import type { Evidence } from "../connect/phase-error.ts";
import type { Target } from "../connect/target.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { isHttp2 } from "../listen/client-request.ts";
import type { Told } from "../map/codes-for.ts";
import { longestText, protocolOf } from "./access-log.ts";

/** The facts of one exchange, under the names that {@link ExchangeContext} has for them. */
export interface KeptExchange {
  /** Counts up from 1. */
  readonly seq: number;
  /** When it ended, in milliseconds since the epoch. */
  readonly time: number;
  readonly ray: string;
  /** Empty if no zone has the host. */
  readonly zone: string;
  readonly client: string;
  readonly method: string;
  readonly host: string;
  /** Without the query. */
  readonly path: string;
  readonly protocol: string;
  readonly scheme: "http" | "https";
  readonly status: number;
  readonly code: number | null;
  readonly origin: string;
  readonly originIp: string;
  readonly originStatus: number;
  readonly isReused: boolean;
  readonly retries: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly dnsMs: number | null;
  readonly tcpMs: number | null;
  readonly tlsMs: number | null;
  readonly responseMs: number | null;
  readonly totalMs: number;
  readonly failure: KeptFailure | null;
  /** The fault that was put in its way; null as a rule. */
  readonly injected: string | null;
  /** What `strict` would have said of the certificate; null as a rule. */
  readonly tolerated: string | null;
  /** Failures at the origins that were tried before the last. */
  readonly attempts: readonly KeptAttempt[];
  /** About how much memory it takes. */
  readonly bytes: number;
}

/** A failure at an origin that was not the last one. */
export interface KeptAttempt {
  readonly origin: string;
  readonly failure: Pick<OriginFailure, "type" | "reason" | "detail">;
}

/** A failure with its evidence, and with what its page was made of. */
export interface KeptFailure extends OriginFailure {
  /** What its texts take. */
  readonly bytes: number;
  readonly cause: null;
  readonly told: Told;
  readonly answeredAt: number | null;
  /** The origin's address and TLS settings; null if none was asked. */
  readonly target: Target | null;
  /** For the owner's pages; null if no zone has the host. */
  readonly zoneConfig: ZoneConfig | null;
  readonly asked: KeptQuestion;
}

/** Of the request's fields those that choose the form of an answer. */
export interface KeptQuestion {
  readonly httpVersionMajor: number;
  readonly headers: {
    readonly accept: string | undefined;
    readonly "accept-encoding": string | undefined;
    readonly "content-type": string | undefined;
  };
}

/** What an exchange takes whatever it holds, in bytes: its fields and their numbers; and a failure's. */
const exchangeBytes = 512;
const failureBytes = 1_024;

/** No value of evidence, and no field of the request, is kept beyond this. */
const longestValue = 1_024;

/** Of lists in a certificate no more members are kept. */
const mostMembers = 100;

/** With more than this in its head, a request's texts are copied: parts of a long text would keep the whole. */
const shortHead = 2_048;

const noAttempts: readonly KeptAttempt[] = [];

/** Takes down a request that has ended. */
export function keepExchange(
  context: ExchangeContext,
  { seq, time, totalMs }: { seq: number; time: number; totalMs: number },
): KeptExchange {
  const { target, req, recovered } = context;
  const question = target.indexOf("?");
  const path = question < 0 ? target : target.slice(0, question);
  const isLong = target.length > shortHead || context.fieldBytes > shortHead;
  const text = isLong ? copyOf : asItIs;
  const failure = context.failure === null ? null : keepFailure(context, context.failure);
  const attempts = recovered.length === 0 ? noAttempts : recovered.map(keepAttempt);
  return {
    seq,
    time,
    ray: context.ray,
    zone: context.zone?.name ?? "",
    client: text(context.clientAddress),
    method: req.method ?? "",
    host: text(context.host),
    path: text(path),
    protocol: protocolOf(req.httpVersion),
    scheme: context.scheme,
    status: context.status,
    code: context.code?.code ?? null,
    origin: context.origin,
    originIp: context.originIp,
    originStatus: context.originStatus,
    isReused: context.isReused,
    retries: context.retries,
    requestBytes: context.requestBytes,
    responseBytes: context.responseBytes,
    dnsMs: context.dnsMs,
    tcpMs: context.tcpMs,
    tlsMs: context.tlsMs,
    responseMs: context.responseMs,
    totalMs,
    failure,
    injected: context.injected?.name ?? null,
    tolerated: context.tolerated === null ? null : copyOf(describeTolerated(context.tolerated)),
    attempts,
    bytes:
      exchangeBytes +
      2 * (Math.min(target.length, shortHead) + Math.min(context.host.length, longestText)) +
      (failure === null
        ? 0
        : failureBytes + failure.bytes + sizeOf(Object.values(failure.asked.headers))) +
      attempts.length * longestValue,
  };
}

function keepFailure(context: ExchangeContext, failure: OriginFailure): KeptFailure | null {
  const { told, answeredAt, zone, askedZone, req, scheme } = context;
  if (told === null) return null; // It was never judged, and then nobody was told of it.
  const { accept, "accept-encoding": acceptEncoding, "content-type": contentType } = req.headers;
  return {
    ...keptFacts(failure),
    told,
    answeredAt,
    target:
      askedZone?.origins.find(({ label }) => label === context.origin)?.connectionsFor(scheme)
        .target ?? null,
    zoneConfig: zone?.config ?? null,
    asked: {
      httpVersionMajor: isHttp2(req) ? 2 : 1,
      headers: {
        accept: keepField(accept),
        "accept-encoding": keepField(acceptEncoding?.toString()),
        "content-type": keepField(contentType),
      },
    },
  };
}

/** What of a failure is the same for everybody who met it. */
type KeptFacts = OriginFailure & Pick<KeptFailure, "cause" | "bytes">;

/** A crowd that meets a refusal has one failure. */
const known = new WeakMap<OriginFailure, KeptFacts>();

function keptFacts(failure: OriginFailure): KeptFacts {
  const facts = known.get(failure);
  if (facts !== undefined) return facts;
  const detail = copyOf(failure.detail);
  const evidence = keepEvidence(failure.evidence);
  const certificate = failure.certificate === null ? null : keepCertificate(failure.certificate);
  const texts = [
    detail,
    ...Object.entries(evidence).flat(),
    ...(certificate === null ? [] : [...certificate.names, ...certificate.chain]),
  ];
  const kept = { ...failure, cause: null, detail, evidence, certificate, bytes: sizeOf(texts) };
  known.set(failure, kept);
  return kept;
}

function keepAttempt({ origin, failure }: ExchangeContext["recovered"][number]): KeptAttempt {
  const { type, reason, detail } = failure;
  return { origin, failure: { type, reason, detail: copyOf(detail, longestValue) } };
}

function keepEvidence(evidence: Evidence): Evidence {
  return Object.fromEntries(
    Object.entries(evidence).map(([key, value]) => [
      copyOf(key, longestValue),
      typeof value === "string" ? copyOf(value, longestValue) : value,
    ]),
  );
}

function keepCertificate(certificate: CertificateFacts): CertificateFacts {
  const members = (list: readonly string[]): string[] =>
    list.slice(0, mostMembers).map((member) => copyOf(member, longestValue));
  return {
    ...certificate,
    subject: copyOf(certificate.subject, longestValue),
    issuer: copyOf(certificate.issuer, longestValue),
    names: members(certificate.names),
    chain: members(certificate.chain),
  };
}

function keepField(value: string | undefined): string | undefined {
  return value === undefined ? undefined : copyOf(value, longestValue);
}

function sizeOf(values: readonly (string | number | undefined)[]): number {
  let bytes = 0;
  for (const value of values) bytes += typeof value === "string" ? 2 * value.length : 8;
  return bytes;
}

function asItIs(text: string): string {
  return text;
}

/** The text, or its beginning, in memory of its own: V8 keeps the whole of what a part was taken from. */
function copyOf(text: string, most = longestText): string {
  return Buffer.from(text.length > most ? text.slice(0, most) : text).toString();
}
