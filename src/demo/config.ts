// The demo's configuration: one zone for every broken origin of the zoo, on a host of its name, and one for the index page.

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

/** Completes a configuration without zones. `rootFile` holds the PEM of the zoo's root. */
export function demoConfig(
  base: ConfigFile,
  zoo: Zoo,
  indexOrigin: string,
  rootFile: string,
): ConfigFile {
  const zones: ZoneFile[] = zoo.members.map(({ fixture, started }) => ({
    hosts: [`${fixture.name}.localhost`],
    origins: [started.origin, ...(started.moreOrigins ?? [])],
    originCa: rootFile,
    dns: { servers: [zoo.dnsServer] },
    ...fixture.zone,
  }));
  return {
    ...base,
    timeouts: { ...demoTimeouts, ...base.timeouts },
    zones: [{ hosts: indexHosts, origins: [indexOrigin] }, ...zones],
  };
}
