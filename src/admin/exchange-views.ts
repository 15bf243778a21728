// How the admin API sees what is kept of an exchange: in short, and whole.

import type { CertificateFacts } from "../connect/certificate-facts.ts";
import type { KeptExchange } from "../record/kept-exchange.ts";
import { answerFor, type Story } from "../render/answer.ts";
import { type Step, stepsOf } from "../render/steps.ts";
import type { ExchangeView, Summary } from "./schemas.ts";

/** An exchange in short. */
export function summarise(kept: KeptExchange): Summary {
  const { failure } = kept;
  return {
    seq: kept.seq,
    ray: kept.ray,
    time: kept.time,
    zone: kept.zone,
    method: kept.method,
    host: kept.host,
    path: kept.path,
    protocol: kept.protocol,
    scheme: kept.scheme,
    status: kept.status,
    code: kept.code,
    failure: failure?.type ?? null,
    reason: failure?.reason ?? null,
    phase: failure?.phase ?? null,
    late: failure?.responseStarted === true,
    origin: kept.origin,
    originIp: kept.originIp,
    originStatus: kept.originStatus,
    reused: kept.isReused,
    retries: kept.retries,
    dnsMs: rounded(kept.dnsMs),
    tcpMs: rounded(kept.tcpMs),
    tlsMs: rounded(kept.tlsMs),
    responseMs: rounded(kept.responseMs),
    totalMs: rounded(kept.totalMs) ?? 0,
    requestBytes: kept.requestBytes,
    responseBytes: kept.responseBytes,
    client: kept.client,
    injected: kept.injected,
  };
}

/** An exchange whole: the evidence of its verbose page, whatever page the client got. */
export function viewExchange(kept: KeptExchange): ExchangeView {
  const { failure, tolerated, attempts } = kept;
  const detail =
    failure === null ? null : answerFor(storyOf(kept), failure, failure.told, true).detail;
  return {
    ...summarise(kept),
    detail: failure?.detail ?? tolerated,
    title: detail?.title ?? null,
    whatHappened: detail?.explanation.whatHappened ?? null,
    likelyCauses: [...(detail?.explanation.likelyCauses ?? [])],
    howToCheck: [...(detail?.explanation.howToCheck ?? [])],
    howToFix: [...(detail?.explanation.howToFix ?? [])],
    steps: (detail?.steps ?? stepsTaken(kept)).map(({ name, ...step }) => ({
      step: name.toLowerCase(),
      ...step,
    })),
    // Failure and detail have names of their own.
    evidence: Object.fromEntries(detail?.evidence.slice(2) ?? []),
    certificate: failure?.certificate == null ? null : viewCertificate(failure.certificate),
    attempts: attempts.map(({ origin, failure: { type, reason, detail: said } }) => ({
      origin,
      failure: type,
      reason,
      detail: said,
    })),
    requestSent: failure?.requestSent ?? false,
    told:
      failure === null || kept.status === 0
        ? null
        : {
            code: failure.told.told.code,
            pages: failure.told.isVerbose ? "verbose" : "sanitized",
          },
  };
}

/** The story of a kept exchange, as pages tell it. */
export function storyOf(kept: KeptExchange): Story {
  const { ray, host, scheme, origin, originIp, isReused, retries, attempts, failure } = kept;
  const target = failure?.target ?? null;
  return {
    ray,
    host,
    scheme,
    origin,
    originIp,
    isReused,
    retries,
    recovered: attempts,
    dnsMs: kept.dnsMs,
    tcpMs: kept.tcpMs,
    tlsMs: kept.tlsMs,
    responseMs: kept.responseMs,
    zone:
      target === null ? null : { origins: [{ label: origin, connectionsFor: () => ({ target }) }] },
    answeredAt: failure?.answeredAt ?? null,
    injected: kept.injected === null ? null : { name: kept.injected },
  };
}

/** The strip of a request that did not fail: as far as it is known to have come. */
function stepsTaken(kept: KeptExchange): Step[] {
  if (kept.origin === "") return [];
  const steps = stepsOf(kept, null, kept.tlsMs !== null);
  // Whether a kept connection had TLS is not known any more.
  if (kept.isReused) return steps.filter(({ name }) => name !== "TLS");
  if (kept.originStatus !== 0) return steps;
  const known = [true, true, kept.dnsMs, kept.tcpMs, kept.tlsMs, kept.responseMs];
  return steps.map((step, index) =>
    known[index] === null ? { ...step, state: "unreached", note: "not reached" } : step,
  );
}

function viewCertificate({
  isSignedWithSha1: _signed,
  hasIssuerThatIsNoCa: _issuer,
  endsSelfIssued: _ends,
  hasTrustedIssuerName: _trusted,
  links: _links,
  ...certificate
}: CertificateFacts): NonNullable<ExchangeView["certificate"]> {
  return { ...certificate, names: [...certificate.names], chain: [...certificate.chain] };
}

/** Milliseconds to the hundredth, as in the access line. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 100) / 100;
}
