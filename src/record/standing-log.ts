// A line for every change of an origin's standing, with its cause, where the gateway speaks of itself.

import type { Logger } from "pino";

import type { StandingListener } from "../zone.ts";

const words = {
  healthy: "origin is healthy",
  unhealthy: "origin is unhealthy",
  ejected: "origin is taken out",
  returned: "origin is let back in",
} as const;

/** Writes the lines. What is wrong is a warning; that it is over is information. */
export function standingLog(messages: Logger): StandingListener {
  return (zone, pool, { label, address }, { to, trouble }) => {
    const facts = {
      zone: zone.name,
      pool,
      origin: label,
      ...(address !== "" && { address }),
      state: to,
      failure: trouble?.type ?? null,
      reason: trouble?.reason ?? null,
      detail: trouble?.detail ?? null,
    };
    if (trouble === null) messages.info(facts, words[to]);
    else messages.warn(facts, words[to]);
  };
}
