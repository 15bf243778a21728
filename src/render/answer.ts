// What an answer says, before it has a form. A sanitized answer is built from an allow-list: it never holds what it must not show.

import { type Explanation, explanations, failureTypes, reasons } from "../../edge-codes/index.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import type { Target } from "../connect/target.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import type { EdgeCode } from "../map/edge-code.ts";
import { shorten } from "../plain-text.ts";
import { type Step, stepsOf } from "./steps.ts";

/** No value of evidence is shown longer than this. */
export const longestValue = 500;

const previewNotice = "Preview: nothing has failed, and the values on this page are made up.";

/** No host is longer. @see RFC 1035 §2.3.4 */
const longestHost = 255;

/** The part that everybody may see: a function of the code, the ray id and the time. */
export interface Answer {
  readonly code: EdgeCode;
  /** 16 hex digits, without the place. */
  readonly rayId: string;
  /** ISO 8601, to the second. */
  readonly time: string;
  /** Null in a sanitized answer. */
  readonly detail: AnswerDetail | null;
}

/** The part for the developer. */
export interface AnswerDetail {
  /** What to say before everything else; null as a rule. */
  readonly notice: string | null;
  /** The fault that was put in the request's way; null as a rule. */
  readonly injected: string | null;
  readonly host: string;
  readonly origin: string;
  readonly failure: OriginFailure;
  /** The failure's type, and its reason if it has one, in words. */
  readonly title: string;
  readonly explanation: Explanation;
  readonly steps: readonly Step[];
  /** Label and value, in the order to show them. */
  readonly evidence: readonly (readonly [label: string, value: string])[];
  /** The code in the profile, where the client gets another. */
  readonly detailedCode: EdgeCode | null;
}

/** An origin of a story: where it is, for clients of each scheme. */
interface StoryOrigin {
  readonly label: string;
  readonly standing?: { readonly certificateExpiresAt: number | null };
  connectionsFor(scheme: ExchangeContext["scheme"]): { readonly target: Target };
}

/** What an answer tells of the way of a request: its context, or for a preview a made-up one. */
export interface Story extends Pick<
  ExchangeContext,
  | "ray"
  | "host"
  | "scheme"
  | "origin"
  | "originIp"
  | "isReused"
  | "retries"
  | "dnsMs"
  | "tcpMs"
  | "tlsMs"
  | "responseMs"
> {
  readonly zone: {
    readonly origins: readonly StoryOrigin[];
    /** Those whose certificate is about to end. */
    readonly expiring?: readonly StoryOrigin[];
  } | null;
  /** Whose origins were asked, where something stood in for the zone. */
  readonly askedZone?: { readonly origins: readonly StoryOrigin[] } | null;
  /** The fault that was put in the request's way. */
  readonly injected?: { readonly name: string } | null;
  /** Failures at origins that were tried before. */
  readonly recovered: readonly {
    readonly origin: string;
    readonly failure: Pick<OriginFailure, "type" | "reason">;
  }[];
  /** When it was answered, in milliseconds since the epoch; null is now. */
  readonly answeredAt?: number | null;
  /** Nothing has failed, and the values are made up. */
  readonly isPreview?: boolean;
}

/** Says it all for a failure; `told` is the code that the client gets, `detailed` the one of the profile. */
export function answerFor(
  context: Story,
  failure: OriginFailure,
  codes: { told: EdgeCode; detailed: EdgeCode },
  isVerbose: boolean,
): Answer {
  return {
    ...bareAnswer(context, codes.told),
    detail: isVerbose
      ? detailOf(context, failure, codes.told === codes.detailed ? null : codes.detailed)
      : null,
  };
}

/** An answer without detail. */
export function bareAnswer(context: Pick<Story, "ray" | "answeredAt">, code: EdgeCode): Answer {
  return {
    code,
    rayId: context.ray.slice(0, 16),
    time: `${new Date(context.answeredAt ?? Date.now()).toISOString().slice(0, 19)}Z`,
    detail: null,
  };
}

function detailOf(
  context: Story,
  failure: OriginFailure,
  detailedCode: EdgeCode | null,
): AnswerDetail {
  const target =
    (context.askedZone ?? context.zone)?.origins
      .find(({ label }) => label === context.origin)
      ?.connectionsFor(context.scheme).target ?? null;
  const { title, explanation } = explain(failure);
  return {
    notice: context.isPreview === true ? previewNotice : injectionNotice(context),
    injected: context.injected?.name ?? null,
    host: shorten(context.host, longestHost),
    origin: context.origin,
    failure,
    title,
    explanation: withPlaces(explanation, context, target),
    steps: stepsOf(context, failure, (target?.tls ?? null) !== null),
    evidence: evidenceOf(context, failure).map(
      ([label, value]) => [label, shorten(value, longestValue)] as const,
    ),
    detailedCode,
  };
}

function injectionNotice({ injected }: Story): string | null {
  if (injected === null || injected === undefined) return null;
  return `Injected: this fault (${injected.name}) was put in the request's way on purpose.`;
}

/** The words for a failure: its reason's if it has one, else its type's. */
export function explain(failure: Pick<OriginFailure, "type" | "reason">): {
  title: string;
  explanation: Explanation;
} {
  const ofType: Readonly<Record<string, Explanation & { title: string }>> = reasons[failure.type];
  const known = failure.reason === null ? undefined : ofType[failure.reason];
  return known === undefined
    ? { title: failureTypes[failure.type].title, explanation: explanations[failure.type] }
    : { title: known.title, explanation: known };
}

/** Fills the placeholders of commands with what the config says, never with what the wire says: people paste these. */
export function withPlaces(
  explanation: Explanation,
  { host: requestHost, originIp }: Pick<Story, "host" | "originIp">,
  target: Target | null,
): Explanation {
  const places: Readonly<Record<string, string>> =
    target === null ? { name: shellSafe(requestHost) } : placesOf(target, requestHost, originIp);
  return {
    ...explanation,
    howToCheck: explanation.howToCheck.map((check) =>
      check.command === undefined
        ? check
        : {
            ...check,
            command: check.command.replace(
              /\{(host|port|name|url)\}/g,
              (whole, name: string) => places[name] ?? whole,
            ),
          },
    ),
  };
}

function placesOf(target: Target, requestHost: string, originIp: string): Record<string, string> {
  const scheme = target.tls === null ? "http" : "https";
  const bracketed = target.host.includes(":") ? `[${target.host}]` : target.host;
  // The address that was connected to, where it came so far: the name may be one that only the gateway can resolve.
  const connected = originIp === "" ? bracketed : originIp.replace(/:\d+$/, "");
  return {
    host: target.socketPath ?? connected,
    port: String(target.port),
    name: target.tls?.serverName ?? (target.host || shellSafe(requestHost)),
    url: `${scheme}://${bracketed}:${target.port}/`,
  };
}

/** A host as part of a command, if it is one at all: it came from the client. */
function shellSafe(host: string): string {
  return /^[a-z0-9._-]{1,253}$/.test(host) ? host : "example.com";
}

/** The keys of evidence, in words. */
const evidenceLabels: Readonly<Record<string, string>> = {
  name: "Name looked up",
  resolver: "Resolver",
  answer: "Resolver's answer",
  address: "Address",
  port: "Port",
  socket: "Unix socket",
  attempts: "Attempts",
  serverName: "Server name (SNI)",
  tls: "TLS library",
  code: "Error code",
  http2Error: "HTTP/2 error",
  said: "Said besides",
  reusedConnection: "Connection reused",
  requestSent: "Request sent",
  responseBytes: "Bytes received",
  looksLike: "Looks like",
  firstBytes: "First bytes",
  allow: "Methods allowed",
};

function evidenceOf(context: Story, failure: OriginFailure): [string, string][] {
  const rows: [string, string][] = [
    ["Failure", failure.reason === null ? failure.type : `${failure.type} / ${failure.reason}`],
    ["Detail", failure.detail],
  ];
  if (context.origin !== "") rows.push(["Origin", context.origin]);
  if (context.originIp !== "") rows.push(["Connected to", context.originIp]);
  for (const [key, value] of Object.entries(failure.evidence))
    rows.push([evidenceLabels[key] ?? key, String(value)]);
  const { certificate } = failure;
  const now = context.answeredAt ?? Date.now();
  if (certificate !== null) {
    rows.push(
      ["Certificate of", certificate.names.join(", ") || "(no name)"],
      ["Subject", certificate.subject || "(empty)"],
      ["Issuer", certificate.issuer],
      ["Valid from", withDistance(certificate.validFrom, now)],
      ["Valid to", withDistance(certificate.validTo, now)],
      ["Chain", certificate.chain.join(" ← ")],
      [
        "Key",
        certificate.keyBits > 0
          ? `${certificate.keyType}, ${certificate.keyBits} bits`
          : certificate.keyType,
      ],
    );
  }
  for (const { origin, failure: earlier } of context.recovered)
    rows.push([
      "Tried before",
      `${origin}: ${earlier.type}${earlier.reason === null ? "" : ` / ${earlier.reason}`}`,
    ]);
  if (context.retries > 0) rows.push(["Tried again", String(context.retries)]);
  // Not what has failed, but what will.
  for (const { label, standing } of context.zone?.expiring ?? []) {
    const date = new Date(standing?.certificateExpiresAt ?? 0).toISOString();
    rows.push(["Certificate about to end", `${label}: ${withDistance(date, now)}`]);
  }
  return rows;
}

const dayMs = 86_400_000;

/** A certificate's date, and how far away it is. */
function withDistance(date: string, now: number): string {
  const days = Math.round((Date.parse(date) - now) / dayMs);
  if (Number.isNaN(days)) return date;
  if (days === 0) return `${date} (today)`;
  return `${date} (${days > 0 ? `in ${days} days` : `${-days} days ago`})`;
}
