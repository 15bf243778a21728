// A configuration on its way to a worker: as plain values, and with the worker's part of what the gateway as a whole may have.

import ipaddr from "ipaddr.js";

import type {
  ErrorSettings,
  GatewayConfig,
  Network,
  Reveal,
  ZoneConfig,
} from "../config/gateway-config.ts";

/** Networks are objects of a class, and would arrive as others: they travel as `10.0.0.0/8`. */
type PackedNetwork = string;

interface PackedErrors extends Omit<ErrorSettings, "reveal"> {
  readonly reveal: Omit<Reveal, "cidrs"> & { readonly cidrs: readonly PackedNetwork[] };
}

interface PackedZone extends Omit<ZoneConfig, "errors"> {
  readonly errors: PackedErrors;
}

/** A configuration as plain values. */
export interface PackedConfig extends Omit<GatewayConfig, "trustedProxies" | "errors" | "zones"> {
  readonly trustedProxies: readonly PackedNetwork[];
  readonly errors: PackedErrors;
  readonly zones: readonly PackedZone[];
}

/** Packs a configuration. */
export function pack(config: GatewayConfig): PackedConfig {
  return {
    ...config,
    trustedProxies: config.trustedProxies.map(packNetwork),
    errors: packErrors(config.errors),
    zones: config.zones.map((zone) => ({ ...zone, errors: packErrors(zone.errors) })),
  };
}

/** The configuration that was packed. */
export function unpack(packed: PackedConfig): GatewayConfig {
  return {
    ...packed,
    trustedProxies: packed.trustedProxies.map(unpackNetwork),
    errors: unpackErrors(packed.errors),
    zones: packed.zones.map((zone) => ({ ...zone, errors: unpackErrors(zone.errors) })),
  };
}

/** One worker's part, by its index, of what several may have together. Each has at least one connection to an origin. */
export function shareOf(config: GatewayConfig, index: number, workers: number): GatewayConfig {
  const part = (whole: number): number =>
    Math.floor(whole / workers) + (index < whole % workers ? 1 : 0);
  const { overload } = config;
  return {
    ...config,
    overload: {
      ...overload,
      requests: Math.max(1, part(overload.requests)),
      connections: Math.max(1, part(overload.connections)),
    },
    zones: config.zones.map((zone) => ({
      ...zone,
      limits: {
        ...zone.limits,
        originConnections: Math.max(1, part(zone.limits.originConnections)),
        originQueue: part(zone.limits.originQueue),
      },
      failover: { ...zone.failover, budgetPerSecond: zone.failover.budgetPerSecond / workers },
    })),
  };
}

function packErrors(errors: ErrorSettings): PackedErrors {
  const { reveal } = errors;
  return { ...errors, reveal: { ...reveal, cidrs: reveal.cidrs.map(packNetwork) } };
}

function unpackErrors(packed: PackedErrors): ErrorSettings {
  const { reveal } = packed;
  return { ...packed, reveal: { ...reveal, cidrs: reveal.cidrs.map(unpackNetwork) } };
}

function packNetwork([address, bits]: Network): PackedNetwork {
  return `${address.toString()}/${bits}`;
}

function unpackNetwork(packed: PackedNetwork): Network {
  return ipaddr.parseCIDR(packed);
}
