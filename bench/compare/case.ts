// What is compared: a load, an origin, and who takes part.

import type { LoadPlan } from "../load/load.ts";
import type { Setup } from "./peer.ts";

/** Somebody who takes part in a case: a peer as it is, or a peer set up in a way of its own. */
export interface Contestant {
  readonly peer: string;
  /** In tables; without it the peer's name. */
  readonly label?: string;
  readonly setup?: Partial<Pick<Setup, "zones" | "records">>;
  /** In place of the case's own. */
  readonly load?: Partial<LoadPlan>;
}

/** One comparison. */
export interface Case {
  /** As `--cases` takes it. */
  readonly name: string;
  /** What is done, in one sentence for the docs. */
  readonly what: string;
  readonly load: LoadPlan;
  /** `https` has a certificate that is good, `broken` one that has expired, and `refused` is a port that nobody listens at. */
  readonly origin: "http" | "https" | "broken" | "refused";
  /** Whether the answer has to be an error of the gateway's own. */
  readonly failsAtOrigin?: boolean;
  readonly contestants: readonly Contestant[];
  readonly setup?: Partial<Pick<Setup, "http2" | "workers">> & { readonly tls?: boolean };
  /** Rounds last longer by this factor where few requests fit into one. */
  readonly longer?: number;
}
