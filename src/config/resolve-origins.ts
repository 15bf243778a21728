// The origins of a pool as targets to connect to, with what each of them is worth.

import { isIP } from "node:net";

import type { SecureTarget } from "../connect/secure-options.ts";
import type { OriginTargets, Target } from "../connect/target.ts";
import type { OriginConfig } from "./gateway-config.ts";
import { type ParsedOrigin, parseOrigin } from "./parse-origin.ts";
import type { ProblemList, Steps } from "./problem-list.ts";
import { isOwnName, type OriginNames, resolveNames } from "./resolve-names.ts";
import type { OriginFile, SslMode } from "./schema.ts";
import { sslModes } from "./ssl-modes.ts";

/** What a zone says of all its origins. */
export interface ForOrigins {
  readonly ssl: SslMode;
  readonly names: OriginNames;
  readonly sni: string | undefined;
  readonly secure: SecureTarget;
}

/** Completes the origins of one pool, written at `steps`. */
export function resolveOrigins(
  steps: Steps,
  written: readonly (string | OriginFile)[],
  zone: ForOrigins,
  problems: Pick<ProblemList, "report">,
): OriginConfig[] {
  const labels = new Map<string, number>();
  return written.flatMap((either, index) => {
    const origin = typeof either === "string" ? { address: either } : either;
    const at = [...steps, index];
    const addressAt = typeof either === "string" ? at : [...at, "address"];
    const label = origin.name ?? origin.address;
    const first = labels.get(label);
    if (first !== undefined)
      problems.report(at, `has the name of origins[${first}], which must be another's`, label);
    labels.set(label, index);
    const names =
      origin.hostHeader === undefined
        ? zone.names
        : resolveNames(
            at,
            { hostHeader: origin.hostHeader, ...(zone.sni !== undefined && { sni: zone.sni }) },
            problems,
          );
    const targets = targetsOf(origin.address, label, { ...zone, names });
    if ("rule" in targets) {
      problems.report(addressAt, targets.rule, origin.address);
      return [];
    }
    const isEachAddress = origin.addresses === "each";
    if (isEachAddress && (targets.http.socketPath !== null || isIP(targets.http.host) !== 0))
      problems.report(
        [...at, "addresses"],
        "must be together where the address is no name",
        "each",
      );
    return {
      label,
      targets,
      weight: origin.weight ?? 1,
      hostHeader: names.hostHeader,
      isEnabled: origin.enabled ?? true,
      isEachAddress,
    };
  });
}

function targetsOf(
  address: string,
  label: string,
  { ssl, names: { sni }, secure }: ForOrigins,
): OriginTargets | { readonly rule: string } {
  const { originScheme, isVerified } = sslModes[ssl];
  const targetOf = ({ isTls, ...place }: ParsedOrigin): Target => {
    const plain = { ...place, label, address: null, tls: null };
    if (!isTls) return plain;
    const name = sni === "origin" ? place.host : sni;
    const tls = {
      ...secure,
      serverName: sni === "request" || isIP(name) !== 0 ? null : name,
      isServerNameFromRequest: sni === "request",
      acceptedNames: isOwnName(sni) ? [place.host, sni] : [place.host],
      isVerified,
    };
    return { ...plain, tls };
  };
  const plain = parseOrigin(address, originScheme.http);
  const secured = parseOrigin(address, originScheme.https);
  if ("rule" in plain) return plain;
  if ("rule" in secured) return secured;
  const http = targetOf(plain);
  return { http, https: plain.isTls === secured.isTls ? http : targetOf(secured) };
}
