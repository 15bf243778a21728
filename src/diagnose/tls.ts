// The TLS layer: what a handshake has settled, and the certificates that came with it.

import { isIP } from "node:net";
import { TLSSocket } from "node:tls";

import { type CertificateFacts, certificateFacts } from "../connect/certificate-facts.ts";
import type { Connection } from "../connect/connect.ts";
import type { PhaseError } from "../connect/phase-error.ts";
import type { TlsTarget } from "../connect/target.ts";
import { onOneLine } from "../plain-text.ts";
import type { TlsReport } from "./report.ts";
import { stateOf } from "./layer-state.ts";
import type { Subject } from "./subject.ts";
import { probeTls } from "./tls-probe.ts";
import type { Trial } from "./trial.ts";

/** A finished handshake, read off its socket. */
export interface TlsSeen {
  readonly version: string;
  readonly cipher: string;
  /** Empty if the origin chose none. */
  readonly alpn: string;
  readonly certificate: CertificateFacts | null;
  /** What strict validation would have made of the certificate. */
  readonly tolerated: PhaseError | null;
}

const dayMs = 86_400_000;

/** Reads a handshake off its connection; null where there is no TLS. */
export function readTls({ socket, tolerated }: Connection, ca: string | null): TlsSeen | null {
  if (!(socket instanceof TLSSocket)) return null;
  return {
    version: socket.getProtocol() ?? "",
    cipher: socket.getCipher().standardName,
    alpn: socket.alpnProtocol === false ? "" : (socket.alpnProtocol ?? ""),
    // One that was refused has been read already, and Node does not show it twice.
    certificate: tolerated === null ? certificateFacts(socket, ca) : tolerated.certificate,
    tolerated,
  };
}

/** Asks what else the origin takes; null where there is no TLS, or no connection came about. */
export async function surveyTls(
  { requestHost, timeoutMs }: Subject,
  { target: { tls, port }, progress: { originIp } }: Trial,
  signal: AbortSignal,
): Promise<TlsReport["probes"]> {
  if (tls === null || originIp === "") return null;
  const address = originIp.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  const serverName = serverNameOf(tls, requestHost);
  return probeTls({ address, port, tls, serverName, timeoutMs, signal });
}

/** Tells of the layer. Where the certificate was refused, `unverified` has the handshake that took it all the same. */
export function reportTls(
  subject: Subject,
  decisive: Trial,
  { unverified, probes }: { unverified: Trial | null; probes: TlsReport["probes"] },
): TlsReport {
  const { tls } = decisive.target;
  const { failure, progress } = decisive;
  const seen = decisive.tls ?? unverified?.tls ?? null;
  const certificate = failure?.certificate ?? seen?.certificate ?? null;
  return {
    state: stateOf("tls", decisive),
    ms: progress.tlsMs,
    serverName: tls && serverNameOf(tls, subject.requestHost),
    version: seen?.version ?? null,
    cipher: seen?.cipher ?? null,
    alpn: seen?.alpn || null,
    alert: failure?.type === "tls_alert_received" ? failure.reason : null,
    probes,
    certificate: certificate === null ? null : reportCertificate(certificate, subject, decisive),
  };
}

/** The name that a handshake sends. */
function serverNameOf(tls: TlsTarget, requestHost: string): string | null {
  if (!tls.isServerNameFromRequest) return tls.serverName;
  return isIP(requestHost) === 0 ? requestHost : null;
}

function reportCertificate(
  certificate: CertificateFacts,
  { requestHost }: Subject,
  { target, failure }: Trial,
): NonNullable<TlsReport["certificate"]> {
  const wanted = [...(target.tls?.acceptedNames ?? []), requestHost];
  return {
    names: certificate.names.map(onOneLine),
    wanted: [...new Set(wanted)].filter((name) => name !== ""),
    key: certificate.keyBits > 0 ? `${certificate.keyType} ${certificate.keyBits}` : certificate.keyType, // prettier-ignore
    chain: certificate.links.map(({ subject, issuer, validFrom, validTo }) => ({
      subject: onOneLine(subject),
      issuer: onOneLine(issuer),
      validFrom: isoOf(validFrom),
      validTo: isoOf(validTo),
      daysLeft: daysUntil(validTo),
    })),
    missing: failure?.reason === "incomplete_chain" ? onOneLine(certificate.issuer) : null,
    fault: failure?.type === "tls_certificate_error" ? failure.reason : null,
  };
}

/** As ISO 8601; as it is where it is no date. */
function isoOf(date: string): string {
  const ms = Date.parse(date);
  return Number.isNaN(ms) ? onOneLine(date) : new Date(ms).toISOString();
}

function daysUntil(date: string): number | null {
  const ms = Date.parse(date);
  return Number.isNaN(ms) ? null : Math.floor((ms - Date.now()) / dayMs);
}
