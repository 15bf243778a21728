// What one configuration has made of this edge: zones, the way to them, profiles. Replaced whole, so that a request meets one edition
// or the next, and never parts of both.

import type { ErrorSettings, GatewayConfig } from "../config/gateway-config.ts";
import { codesOf, compileProfiles, type Profile, statusesOf } from "../map/profile.ts";
import { Router } from "../route/route.ts";
import type { Zone } from "../zone.ts";

/** One edition. */
export class Edition {
  readonly config: GatewayConfig;
  readonly zones: readonly Zone[];
  readonly router: Router;
  readonly profiles: ReadonlyMap<string, Profile>;
  /** Every code that a profile can answer with. */
  readonly codes: readonly number[];
  /** Every status that clients may be answered with by a profile or a rule. */
  readonly statuses: readonly number[];
  /** What clients are told where no zone has their host; replaced whole when a toggle is changed. */
  errors: ErrorSettings;
  /** Scales every timeout. */
  clock: number;

  /** `zones` are those of the configuration, in its order; some may be of the edition before. */
  constructor(config: GatewayConfig, zones: readonly Zone[]) {
    this.config = config;
    this.zones = zones;
    this.router = new Router(zones);
    this.profiles = compileProfiles(config.profiles);
    this.codes = codesOf(this.profiles);
    const ofRules = config.zones.flatMap(({ errorRules }) =>
      errorRules.flatMap(({ responseStatus }) => responseStatus ?? []),
    );
    this.statuses = [...statusesOf(this.profiles), ...ofRules];
    this.errors = config.errors;
    this.clock = config.clock;
  }
}
