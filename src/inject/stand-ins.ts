// Zones that stand in for a request's own and have the fault: the same settings, but another origin, or one that breaks.
// There is one for each zone and fault.

import type { PoolConfig, ZoneConfig } from "../config/gateway-config.ts";
import { resolveOrigins } from "../config/resolve-origins.ts";
import { Zone, type ZoneListener } from "../zone.ts";
import type { BrokenOrigin, BrokenOrigins } from "./broken-origins.ts";
import type { Fault } from "./fault.ts";

/** Nobody keeps count of what becomes of their origins: the zone's own are not to blame. */
const unheard: ZoneListener = {
  onOpened() {},
  onStanding() {},
  onCertificate() {},
  onClosed() {},
};

/** A response's fields are too many beyond this, whatever the zone says: some broken origins have just so many more. */
const mostHeaderBytes = 131_072;

/** Makes stand-ins and keeps them, one for each zone and fault. */
export class StandIns {
  readonly #byZone = new Map<Zone, Map<string, Promise<Zone>>>();
  readonly #broken: BrokenOrigins;
  #isClosed = false;

  constructor(broken: BrokenOrigins) {
    this.#broken = broken;
  }

  /** The stand-in of a zone, ready. Rejects if the fault cannot be had on this machine. */
  for(zone: Zone, fault: Fault): Promise<Zone> {
    const byFault = this.#byZone.get(zone) ?? new Map<string, Promise<Zone>>();
    this.#byZone.set(zone, byFault);
    const known = byFault.get(fault.name);
    if (known !== undefined) return known;
    const standIn = this.#make(zone, fault);
    byFault.set(fault.name, standIn);
    standIn.catch(() => byFault.delete(fault.name));
    return standIn;
  }

  /** Starts what a fault needs. Rejects if it cannot be had on this machine. */
  async prepare(fault: Fault): Promise<void> {
    if (fault.kind === "origin") await this.#broken.get(fault.name);
  }

  /** Lets go of the stand-ins of zones that are no longer in force. */
  keepOnly(zones: readonly Zone[]): void {
    for (const [zone, standIns] of this.#byZone) {
      if (zones.includes(zone)) continue;
      this.#byZone.delete(zone);
      for (const standIn of standIns.values())
        void standIn.then(
          (one) => one.retire().then(() => one.close()),
          () => {},
        );
    }
  }

  /** Closes them all, and the broken origins. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const zones = [...this.#byZone.values()].flatMap((standIns) => [...standIns.values()]);
    this.#byZone.clear();
    for (const settled of await Promise.allSettled(zones))
      if (settled.status === "fulfilled") settled.value.close();
    await this.#broken.close();
  }

  async #make(zone: Zone, fault: Fault): Promise<Zone> {
    const config = await this.#configOf(zone.config, fault);
    const standIn = new Zone(config, unheard);
    standIn.open();
    if (this.#isClosed) standIn.close();
    return standIn;
  }

  async #configOf(config: ZoneConfig, fault: Fault): Promise<ZoneConfig> {
    const passive = { ...config.passive, failures: 0 };
    if (fault.kind === "edge" && fault.name === "destination_unavailable") {
      const pools = config.pools.map((pool) => ({ ...pool, isEnabled: false }));
      return { ...config, passive, pools, fallbackPool: null, affinity: null };
    }
    if (fault.kind === "edge")
      return { ...config, limits: { ...config.limits, originConnections: 0, originQueue: 0 } };
    if (fault.kind !== "origin") return { ...config, passive };
    const broken = await this.#broken.get(fault.name);
    const { responseHeaderBytes } = config.limits;
    return {
      ...config,
      pools: [brokenPool(broken)],
      fallbackPool: null,
      affinity: null,
      passive,
      dnsServers: [broken.dnsServer],
      isHttp2Offered: broken.isHttp2Offered,
      isHttp2Prior: broken.isHttp2Prior,
      isContentChecked: true,
      limits: {
        ...config.limits,
        responseHeaderBytes: Math.min(responseHeaderBytes, mostHeaderBytes),
      },
    };
  }
}

/** A broken origin as a pool. Its name says that it is none of the zone's own. */
function brokenPool({ name, addresses, rootPem }: BrokenOrigin): PoolConfig {
  const origins = addresses.map((address, index) => ({
    address,
    name: index === 0 ? `zoo:${name}` : `zoo:${name}:${index + 1}`,
  }));
  const found: string[] = [];
  const problems = { report: (_steps: unknown, rule: string) => void found.push(rule) };
  const resolved = resolveOrigins(
    [],
    origins,
    {
      ssl: "strict",
      names: { hostHeader: "request", sni: "origin" },
      sni: undefined,
      secure: { minVersion: "TLSv1.2", ciphers: null, ca: rootPem, clientCertificate: null },
    },
    problems,
  );
  if (found.length > 0) throw new Error(`${name}: ${found.join(", ")}`); // The zoo's addresses are sound.
  return {
    name: "zoo",
    origins: resolved,
    isEnabled: true,
    minimumOrigins: 1,
    steering: "first",
    monitor: null,
  };
}
