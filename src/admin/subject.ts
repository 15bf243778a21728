// What the admin server tells about: the gateway, as far as it is anybody's business.

import type { Injection } from "../inject/injection.ts";
import type { Ports } from "../listen/front-door.ts";
import type { Metrics } from "../record/metrics.ts";
import type { RecentExchanges } from "../record/recent-exchanges.ts";
import type { Settings } from "../settings.ts";
import type { Zone } from "../zone.ts";
import type { ExchangeSource } from "./exchange-source.ts";

/** The part of a gateway that can be asked about, and changed, while it runs. */
export interface AdminSubject {
  readonly metrics: Metrics;
  readonly settings: Settings;
  readonly recent: RecentExchanges;
  readonly injection: Injection;
  readonly zones: readonly Zone[];
  readonly ports: Ports;
  /** True for an address and port at which the gateway itself listens. */
  readonly isOwnAddress: (address: string, port: number) => boolean;
  /** Tells of another place at which this process listens: no origin may lead there. */
  listensAt(host: string, port: number): Promise<void>;
}

/** Other processes that take the subject's requests. */
export interface Crew {
  readonly exchanges: ExchangeSource;
  /** Resolves when what has been changed is in force in each of them. */
  settled(): Promise<void>;
  /** Resolves when the subject knows their numbers. */
  gathered(): Promise<void>;
}
