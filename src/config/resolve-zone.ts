// One zone, complete: its origins as targets to connect to, its settings on top of the gateway's.

import { isIP } from "node:net";

import type { OriginTargets, Target } from "../connect/target.ts";
import type { ErrorSettings, ZoneConfig } from "./gateway-config.ts";
import { type ParsedOrigin, parseOrigin } from "./parse-origin.ts";
import type { ProblemList, Steps } from "./problem-list.ts";
import { resolveErrorPages } from "./resolve-error-pages.ts";
import { resolveErrors } from "./resolve-errors.ts";
import { resolveFields } from "./resolve-fields.ts";
import { isOwnName, resolveNames } from "./resolve-names.ts";
import { resolveTls } from "./resolve-tls.ts";
import type { Limits, ProfileFile, Timeouts, ZoneFile } from "./schema.ts";
import { sslModes } from "./ssl-modes.ts";

/** What a zone inherits. */
export interface Inherited {
  readonly errors: ErrorSettings;
  readonly timeouts: Timeouts;
  readonly limits: Limits;
  readonly clock: number;
  readonly servers: readonly string[];
  readonly profiles: Readonly<Record<string, ProfileFile>>;
}

/** Completes the zone written at `steps`. */
export function resolveZone(
  steps: Steps,
  zone: ZoneFile,
  gateway: Inherited,
  problems: ProblemList,
): ZoneConfig {
  if (zone.dns?.servers !== undefined)
    checkServers([...steps, "dns", "servers"], zone.dns.servers, problems);
  const { hostHeader, sni } = resolveNames(steps, zone, problems);
  return {
    name: (zone.hosts[0] ?? "").toLowerCase(),
    hosts: zone.hosts.map((host) => host.toLowerCase()),
    origins: resolveOrigins(steps, zone, sni, problems),
    ssl: zone.ssl ?? "strict",
    hostHeader,
    errors: resolveErrors([...steps, "errors"], zone.errors, gateway.errors, {
      problems,
      profiles: gateway.profiles,
    }),
    timeouts: scale({ ...gateway.timeouts, ...zone.timeouts }, gateway.clock),
    limits: { ...gateway.limits, ...zone.limits },
    dnsServers: zone.dns?.servers ?? gateway.servers,
    isContentChecked: zone.checkContentCoding ?? true,
    isHttp2Offered: zone.http2 ?? false,
    isHttp2Prior: zone.h2c ?? false,
    isBuffered: zone.buffer ?? false,
    fields: resolveFields([...steps, "fields"], zone.fields, problems),
    ...resolveErrorPages(steps, zone, problems),
  };
}

function resolveOrigins(
  steps: Steps,
  zone: ZoneFile,
  sni: string,
  problems: ProblemList,
): OriginTargets[] {
  const { originScheme, isVerified } = sslModes[zone.ssl ?? "strict"];
  const secure = resolveTls(steps, zone, problems);

  const targetOf = (label: string, { isTls, ...place }: ParsedOrigin): Target => {
    if (!isTls) return { ...place, label, tls: null };
    const name = sni === "origin" ? place.host : sni;
    const tls = {
      ...secure,
      serverName: sni === "request" || isIP(name) !== 0 ? null : name,
      isServerNameFromRequest: sni === "request",
      acceptedNames: isOwnName(sni) ? [place.host, sni] : [place.host],
      isVerified,
    };
    return { ...place, label, tls };
  };
  return zone.origins.flatMap((written, index): OriginTargets[] => {
    const plain = parseOrigin(written, originScheme.http);
    const secured = parseOrigin(written, originScheme.https);
    if ("rule" in plain || "rule" in secured) {
      const { rule } = plain as { readonly rule: string }; // One breaks the rules that the other does.
      problems.report([...steps, "origins", index], rule, written);
      return [];
    }
    const http = targetOf(written, plain);
    return [{ http, https: plain.isTls === secured.isTls ? http : targetOf(written, secured) }];
  });
}

/** Resolvers are addresses, with or without a port: a name would itself need resolving. */
export function checkServers(
  steps: Steps,
  servers: readonly string[],
  problems: ProblemList,
): void {
  for (const [index, server] of servers.entries()) {
    const [, bracketed, plain = server, port = "53"] =
      /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(server) ?? [];
    if (isIP(bracketed ?? plain) === 0 || Number(port) < 1 || Number(port) > 65_535)
      problems.report([...steps, index], "must be an address or address:port", server);
  }
}

/** Every timeout times the clock, at least a millisecond. */
export function scale(timeouts: Timeouts, clock: number): Timeouts {
  const scaled = Object.entries(timeouts).map(([name, value]) => [
    name,
    Math.max(1, Math.round(value * clock)),
  ]);
  return Object.fromEntries(scaled) as Timeouts;
}
