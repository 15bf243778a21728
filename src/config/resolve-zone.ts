// One zone, complete: its settings on top of the gateway's. Its pools and origins stand in resolve-pools.ts.

import { isIP } from "node:net";

import type { ErrorSettings, ZoneConfig } from "./gateway-config.ts";
import type { ProblemList, Steps } from "./problem-list.ts";
import { resolveErrorPages } from "./resolve-error-pages.ts";
import { resolveErrors } from "./resolve-errors.ts";
import { resolveFields } from "./resolve-fields.ts";
import { resolvePools } from "./resolve-pools.ts";
import type { Limits, MonitorFile, ProfileFile, Timeouts, ZoneFile } from "./schema.ts";

/** What a zone inherits. */
export interface Inherited {
  readonly errors: ErrorSettings;
  readonly timeouts: Timeouts;
  readonly limits: Limits;
  readonly clock: number;
  readonly servers: readonly string[];
  readonly profiles: Readonly<Record<string, ProfileFile>>;
  readonly monitors: Readonly<Record<string, MonitorFile>>;
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
  return {
    name: (zone.hosts[0] ?? "").toLowerCase(),
    hosts: zone.hosts.map((host) => host.toLowerCase()),
    ...resolvePools(steps, zone, gateway, problems),
    ssl: zone.ssl ?? "strict",
    errors: resolveErrors([...steps, "errors"], zone.errors, gateway.errors, {
      problems,
      profiles: gateway.profiles,
    }),
    unscaledTimeouts: { ...gateway.timeouts, ...zone.timeouts },
    clock: gateway.clock,
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
