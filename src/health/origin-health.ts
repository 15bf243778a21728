// How the origins of every zone are: their checks, begun and ended with them; a line in the log for each change; and a warning while
// there is still time to renew a certificate.

import { clearInterval, setInterval } from "node:timers";

import type { Logger } from "pino";

import type { Origin } from "../exchange/origin.ts";
import type { Pool } from "../pick/pool.ts";
import type { StandingChange } from "../pick/standing.ts";
import type { Zone, ZoneListener } from "../zone.ts";
import { HealthChecks } from "./health-checks.ts";

const dayMs = 86_400_000;
/** What the log says of each change. */
const words: Readonly<Record<StandingChange["to"], string>> = {
  healthy: "origin is healthy",
  unhealthy: "origin is unhealthy",
  ejected: "origin is taken out",
  returned: "origin is let back in",
};
/** How often is looked whether a certificate has come a day nearer to its end. */
const lookMs = 3_600_000;

/** Hears of origins, and knows what became of their checks. */
export interface Health extends ZoneListener {
  readonly checks: Pick<HealthChecks, "counts">;
  close(): void;
}

/** Keeps an eye on origins. */
export class OriginHealth implements Health {
  readonly checks: HealthChecks;
  readonly #messages: Logger;
  readonly #zones = new Map<Origin, Zone>();
  /** What was said last of an origin's certificate: when it ends, and how many days were left. */
  readonly #warned = new Map<Origin, string>();
  readonly #timer: NodeJS.Timeout;

  /** `isOwnAddress` tells where the gateway itself listens. */
  constructor(isOwnAddress: (address: string, port: number) => boolean, messages: Logger) {
    this.checks = new HealthChecks(isOwnAddress);
    this.#messages = messages;
    this.#timer = setInterval(() => {
      for (const [origin, zone] of this.#zones) this.onCertificate(zone, origin);
    }, lookMs);
    this.#timer.unref();
  }

  onOpened(zone: Zone, pool: Pool, origin: Origin): void {
    this.#zones.set(origin, zone);
    const { monitor, isEnabled } = pool.config;
    // What is switched off is not checked. @see Cloudflare API, load balancing pools: origins.enabled
    if (monitor !== null && isEnabled && origin.config.isEnabled)
      this.checks.watch(origin, monitor, zone.config);
  }

  onClosed(_zone: Zone, origin: Origin): void {
    this.#zones.delete(origin);
    this.#warned.delete(origin);
    this.checks.forget(origin);
  }

  /** What is wrong is a warning, with its cause in the words of a failure; that it is over is information. */
  onStanding(zone: Zone, pool: string, origin: Origin, { to, trouble }: StandingChange): void {
    const { label, address } = origin;
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
    if (trouble === null) this.#messages.info(facts, words[to]);
    else this.#messages.warn(facts, words[to]);
  }

  /** Once for each day that is left. */
  onCertificate(zone: Zone, origin: Origin): void {
    const { certificateExpiresAt } = origin.standing;
    if (certificateExpiresAt === null || !zone.isExpiring(origin)) return;
    const days = Math.floor((certificateExpiresAt - Date.now()) / dayMs);
    const said = `${certificateExpiresAt} ${days}`;
    if (this.#warned.get(origin) === said) return;
    this.#warned.set(origin, said);
    this.#messages.warn(
      {
        zone: zone.name,
        origin: origin.label,
        expiresAt: new Date(certificateExpiresAt).toISOString(),
        days,
      },
      days < 0 ? "certificate of origin has expired" : "certificate of origin expires soon",
    );
  }

  close(): void {
    clearInterval(this.#timer);
    this.checks.close();
  }
}
