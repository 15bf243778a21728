// What is checked: an origin as its zone speaks to it, apart from the zone, so that zones that share one check it once.

import type { OriginConfig, ZoneConfig } from "../config/gateway-config.ts";
import type { Target } from "../connect/target.ts";

/** An origin, as a check needs to know it. */
export interface CheckSubject {
  readonly config: OriginConfig;
  readonly zone: Pick<
    ZoneConfig,
    "hosts" | "dnsServers" | "isHttp2Offered" | "isHttp2Prior" | "limits"
  >;
}

/** The zone's first host that is one, for which a certificate may be good; empty if it has only patterns. */
export function firstHostOf({ zone }: CheckSubject): string {
  return zone.hosts.find((host) => !host.includes("*")) ?? "";
}

/** The same for two subjects that no check can tell apart. What differs from zone to zone only in name is left out. */
export function identityOf(subject: CheckSubject): string {
  const { config, zone } = subject;
  const targets = [config.targets.http, config.targets.https];
  const isNameFromRequest = targets.some(({ tls }) => tls?.isServerNameFromRequest === true);
  return JSON.stringify([
    targets.map(({ label: _label, ...place }) => [place, mayBeHttp2(place, zone)]),
    config.hostHeader,
    zone.dnsServers,
    zone.limits.responseHeaderBytes,
    isNameFromRequest ? firstHostOf(subject) : "",
  ]);
}

/** Whether a target is asked in HTTP/2, or may choose to be. */
export function mayBeHttp2({ tls }: Pick<Target, "tls">, zone: CheckSubject["zone"]): boolean {
  return tls === null ? zone.isHttp2Prior : zone.isHttp2Offered;
}
