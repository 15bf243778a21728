// Judges why no connection came about. The phase is known from where it happened, never guessed from an errno.

import { failureTypes } from "../../edge-codes/failure-types.ts";
import { type CertificateFacts, leastRsaBits } from "../connect/certificate-facts.ts";
import { codeOf, PhaseError } from "../connect/phase-error.ts";
import type { Finding, OriginFailure } from "./origin-failure.ts";
import {
  certificateFailures,
  dnsAnswers,
  dnsFailures,
  handshakeFailures,
  issuerNotFound,
  tcpFailures,
} from "./tables.ts";
import { alertName } from "./tls-alert.ts";

const unknown: Finding = { type: "proxy_internal_error", reason: null };

/** From what `connect` rejected with to a failure. Anything else is the gateway's own fault. */
export function classifyConnect(error: unknown): OriginFailure {
  const { type, reason } = error instanceof PhaseError ? find(error) : unknown;
  const { evidence = {}, certificate = null } = error instanceof PhaseError ? error : {};
  return {
    type,
    reason,
    phase: error instanceof PhaseError ? error.phase : failureTypes[type].phase,
    detail: error instanceof PhaseError ? describe(error) : String(error),
    evidence: error instanceof PhaseError ? { ...evidence, code: error.code } : evidence,
    certificate,
    requestSent: false,
    responseStarted: false,
    cause: error,
  };
}

/** For the log: what strict validation would have made of a certificate that was let pass. */
export function describeTolerated(error: PhaseError): string {
  const { type, reason } = find(error);
  return `strict would refuse the certificate: ${type}${reason === null ? "" : `/${reason}`}`;
}

function find(error: PhaseError): Finding {
  switch (error.phase) {
    case "dns":
      return dnsFailures[error.code] ?? unknown;
    case "tcp":
      return tcpFailures[error.code] ?? unknown;
    case "tls":
      return error.certificate === null
        ? findTls(error.code)
        : judgeCertificate(error.code, error.certificate);
  }
}

/** A TLS failure by OpenSSL's code, in or after the handshake. */
export function findTls(code: string): Finding {
  const alert = alertName(code);
  if (alert !== null) return { type: "tls_alert_received", reason: alert };
  const known = handshakeFailures[code];
  if (known !== undefined) return known;
  return /^(ERR_SSL_|ERR_OSSL_|EPROTO$)/.test(code)
    ? { type: "tls_protocol_error", reason: null }
    : unknown;
}

function judgeCertificate(code: string, facts: CertificateFacts): Finding {
  const known = certificateFailures[code];
  if (known !== undefined) return known;
  return {
    type: "tls_certificate_error",
    reason: issuerNotFound.has(code) ? whyNoIssuer(facts) : weakness(facts),
  };
}

/** Node says the same of a missing intermediate, an unknown root and a forged signature: the chain tells them apart. */
function whyNoIssuer(facts: CertificateFacts): string {
  if (facts.hasTrustedIssuerName) return "bad_signature";
  if (facts.chain.length === 1 && !facts.endsSelfIssued) return "incomplete_chain";
  return "untrusted_root";
}

/** An issuer that may not sign, and a key or hash below OpenSSL's security level, have no code of their own (`UNSPECIFIED`). */
function weakness(facts: CertificateFacts): string | null {
  if (facts.hasIssuerThatIsNoCa) return "wrong_purpose";
  if (facts.isSignedWithSha1) return "weak_signature";
  return facts.keyBits > 0 && facts.keyBits < leastRsaBits ? "weak_key" : null;
}

function describe(error: PhaseError): string {
  const { evidence, code } = error;
  const cause = codeOf(error.cause) === "" ? "" : ` (${codeOf(error.cause)})`;
  switch (error.phase) {
    case "dns":
      return code === "DEADLINE"
        ? `${evidence["resolver"]} did not answer for ${evidence["name"]} in time`
        : `${evidence["resolver"]} answered ${dnsAnswers[code] ?? code} for ${evidence["name"]}`;
    case "tcp":
      return describeTcp(error);
    case "tls":
      return error.certificate === null
        ? `the handshake ended with ${code === "DEADLINE" ? "no answer in time" : code}${cause === ` (${code})` ? "" : cause}`
        : `the certificate of ${error.certificate.names.join(", ") || "nobody"} was refused: ${code}`;
  }
}

function describeTcp({ code, evidence }: PhaseError): string {
  const place = evidence["socket"] ?? `${evidence["address"]} port ${evidence["port"]}`;
  if (code === "DEADLINE") return `${place} did not answer in time`;
  if (code === "PROHIBITED") return `${place} is an address that no origin may have`;
  return `connecting to ${place} gave ${code}`;
}
