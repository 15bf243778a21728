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
