// An error as it would look, without one: a code's page with a failure that becomes it, and values that are made up.

import {
  type Code,
  codes,
  type FailureType,
  failureTypes,
  type Phase,
  reasons,
} from "../../edge-codes/index.ts";
import { edgeFailure } from "../classify/edge-failure.ts";
import { siteMethods } from "../classify/classify-request.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import type { CertificateFacts } from "../connect/certificate-facts.ts";
import type { Evidence } from "../connect/phase-error.ts";
import type { Target } from "../connect/target.ts";
import type { EdgeCode } from "../map/edge-code.ts";
import type { Profile } from "../map/profile.ts";
import type { Story } from "../render/answer.ts";

/** What a preview shows. */
export interface Preview {
  readonly code: EdgeCode;
  readonly failure: OriginFailure;
  readonly story: Story;
}

/** The origin of every preview; no real one is shown. Addresses are those kept for documentation (RFC 5737). */
const sampleTarget: Target = {
  label: "https://origin.example",
  host: "origin.example",
  address: null,
  port: 443,
  socketPath: null,
  tls: {
    serverName: "origin.example",
    isServerNameFromRequest: false,
    acceptedNames: ["origin.example"],
    isVerified: true,
    ca: null,
    clientCertificate: null,
    minVersion: "TLSv1.2",
    ciphers: null,
  },
};
const sampleIp = "192.0.2.1:443";
const sampleMs = { dnsMs: 4, tcpMs: 12, tlsMs: 25 };

const sampleEvidence: Readonly<Record<Phase, Evidence>> = {
  edge: {},
  dns: { name: "origin.example", resolver: "192.0.2.53:53" },
  tcp: { address: "192.0.2.1", port: 443 },
  tls: { serverName: "origin.example" },
  http: { reusedConnection: "no", requestSent: "yes", responseBytes: 0 },
};

const sampleCertificate: CertificateFacts = {
  names: ["origin.example"],
  subject: "CN=origin.example",
  issuer: "CN=Example CA",
  validFrom: "2020-01-01T00:00:00Z",
  validTo: "2021-01-01T00:00:00Z",
  chain: ["CN=origin.example", "CN=Example CA"],
  links: [],
  keyType: "rsa",
  keyBits: 2048,
  isSignedWithSha1: false,
  hasIssuerThatIsNoCa: false,
  endsSelfIssued: false,
  hasTrustedIssuerName: false,
};

/**
 * The page of a code, as the first of these profiles has it.
 *
 * `wanted` is a failure type, or `type/reason`; null takes the first that becomes the code. Says what is missing if there
 * is no such code or failure.
 */
export function previewOf(
  { ray, host }: Story,
  profiles: readonly Profile[],
  name: string,
  wanted: string | null,
): Preview | { readonly missing: string } {
  const code = codeNamed(profiles, name);
  if (code === null) return { missing: `there is no code ${name}` };
  const row = wanted ?? rowOf(profiles, code);
  const failure = sampleFailure(row);
  return failure === null
    ? { missing: `there is no failure ${row}` }
    : { code, failure, story: sampleStory(failure, ray, host) };
}

/** A code that a profile answers with, or one that is known. */
function codeNamed(profiles: readonly Profile[], name: string): EdgeCode | null {
  const number = /^[1-9]\d{2,3}$/.test(name) ? Number(name) : 0;
  for (const profile of profiles) {
    for (const code of profile.values()) if (code.code === number) return code;
  }
  if (!Object.hasOwn(codes, number)) return null;
  const facts = codes[number as Code];
  return { code: number, status: facts.status, facts };
}

/** The first row that becomes the code, or failing that its status, in the first profile that has one. */
function rowOf(profiles: readonly Profile[], { code, status }: EdgeCode): string {
  const rows = profiles.flatMap((profile) => [...profile]);
  const [row] =
    rows.find(([, given]) => given.code === code) ??
    rows.find(([, given]) => given.status === status) ??
    [];
  return row ?? "proxy_internal_error";
}

function sampleFailure(row: string): OriginFailure | null {
  const [type = "", reason = null, ...rest] = row.split("/");
  if (rest.length > 0 || !Object.hasOwn(failureTypes, type)) return null;
  if (reason !== null && !Object.hasOwn(reasons[type as FailureType], reason)) return null;
  const failure = edgeFailure(type as FailureType, "made up: nothing has failed");
  return {
    ...failure,
    reason,
    evidence:
      reason === "method_not_allowed" ? { allow: siteMethods } : sampleEvidence[failure.phase],
    certificate: type === "tls_certificate_error" ? sampleCertificate : null,
    requestSent: failure.phase === "http",
  };
}

/** As far as the request came: steps before the one that broke have a duration. */
function sampleStory({ phase }: OriginFailure, ray: string, host: string): Story {
  const way: readonly Phase[] = ["edge", "dns", "tcp", "tls", "http"];
  const at = way.indexOf(phase);
  const { dnsMs, tcpMs, tlsMs } = sampleMs;
  return {
    isPreview: true,
    ray,
    host,
    scheme: "https",
    zone: {
      origins: [{ label: sampleTarget.label, connectionsFor: () => ({ target: sampleTarget }) }],
    },
    origin: at > 0 ? sampleTarget.label : "",
    originIp: at > 2 ? sampleIp : "",
    isReused: false,
    retries: 0,
    recovered: [],
    dnsMs: at > 1 ? dnsMs : null,
    tcpMs: at > 2 ? tcpMs : null,
    tlsMs: at > 3 ? tlsMs : null,
    responseMs: null,
  };
}
