// What takes the place of parts of a gateway: where several processes make one, or a program knows better.

import type { Health } from "./health/origin-health.ts";
import type { FaultOffice } from "./inject/injection.ts";
import type { ClientCertificates } from "./listen/client-certificates.ts";
import type { Door } from "./listen/front-door.ts";
import type { OwnAddresses } from "./listen/own-addresses.ts";
import type { RecentExchanges } from "./record/recent-exchanges.ts";
import type { Witness } from "./record/recorder.ts";
import type { ReloadRecord } from "./record/reload-record.ts";

/** Parts that are not the usual ones. */
export interface GatewayParts {
  /** Whether exchanges are kept, for somebody who can ask for them; by default where there is an admin port. */
  readonly canBeAsked?: boolean | undefined;
  /** Where they are kept. */
  readonly recent?: RecentExchanges;
  /** The way in. Without it the gateway listens by itself. */
  readonly door?: Door;
  /** Where the gateway listens, in whichever process. */
  readonly own?: OwnAddresses;
  /** Its listeners are other processes', too: what it does not take, Node gives to them. */
  readonly sharesPorts?: boolean;
  /** For clients over HTTPS. */
  readonly certificates?: () => Promise<ClientCertificates>;
  /** Makes what keeps an eye on origins; `isOwnAddress` tells where the gateway itself listens. */
  readonly health?: (isOwnAddress: (address: string, port: number) => boolean) => Health;
  /** Where it is decided which requests have a fault. */
  readonly office?: FaultOffice;
  readonly witness?: Witness;
  readonly reloads?: ReloadRecord;
}
