// The zoo's configuration: one zone for every broken origin, on a host of its name. The demo has one more for its index page.

import type { Zoo } from "../../fixtures/zoo.ts";
import type { ConfigFile, ZoneFile } from "../config/schema.ts";

/** Short enough that every timeout shows within a breath, long enough for every origin that works. */
const demoTimeouts = {
  dnsMs: 1_000,
  connectMs: 1_000,
  handshakeMs: 1_000,
  responseMs: 1_500,
  bodyIdleMs: 1_500,
  writeMs: 1_500,
};

/** Hosts of the index page. */
const indexHosts = ["localhost", "127.0.0.1", "[::1]", "edgecase.localhost"];

/** A configuration with a zone for every origin of the zoo. `rootFile` holds the PEM of the zoo's root. */
export function zooConfig(zoo: Zoo, rootFile: string): ConfigFile & { zones: ZoneFile[] } {
  const zones = zoo.members.map(({ fixture, started }) => ({
    hosts: [`${fixture.name}.localhost`],
    origins: [started.origin, ...(started.moreOrigins ?? [])],
    originCa: rootFile,
    dns: { servers: [zoo.dnsServer] },
    ...fixture.zone,
  }));
  return { timeouts: demoTimeouts, zones };
}

/**
 * Zones of two origins, a closed port before a good one: in one of them checks find out, in the other requests do. For the zoo's
 * own file, where gateways that are watched find something to tell of pools.
 */
export function poolZones(zoo: Zoo, rootFile: string): ZoneFile[] {
  const pooled = ["refused", "good"];
  const origins = zoo.members
    .filter(({ fixture }) => pooled.includes(fixture.name))
    .map(({ fixture, started }) => ({ name: fixture.name, address: started.origin }))
    .toSorted((left, right) => pooled.indexOf(left.name) - pooled.indexOf(right.name));
  const zone = { origins, originCa: rootFile, dns: { servers: [zoo.dnsServer] } };
  return [
    {
      ...zone,
      hosts: ["pool-checked.localhost"],
      monitor: { interval: 2, timeout: 1, consecutiveDown: 2 },
    },
    {
      ...zone,
      hosts: ["pool-unchecked.localhost"],
      // Visitors come seldom: a single failure is enough, and it is back before the next one.
      passive: { failures: 1, coolDownMs: 5_000 },
    },
  ];
}

/** Completes a configuration without zones. `rootFile` holds the PEM of the zoo's root. */
export function demoConfig(
  base: ConfigFile,
  zoo: Zoo,
  indexOrigin: string,
  rootFile: string,
): ConfigFile {
  const { timeouts, zones } = zooConfig(zoo, rootFile);
  return {
    ...base,
    timeouts: { ...timeouts, ...base.timeouts },
    zones: [{ hosts: indexHosts, origins: [indexOrigin] }, ...zones],
  };
}
