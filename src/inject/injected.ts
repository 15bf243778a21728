// A fault that one request has, as the rest of the line sees it.

import type { Zone } from "../zone.ts";
import type { Fault } from "./fault.ts";

/** A response that does not come to its end. */
export interface LateFault {
  readonly kind: "cut" | "stall";
  /** Bytes of content that pass before. */
  readonly after: number;
}

/** One request's fault. */
export interface Injected {
  readonly fault: Fault;
  /** For the log, metrics and pages: the broken origin, `cut`, `stall`, or a failure of the edge's own. */
  readonly name: string;
  readonly delayMs: number;
  /** What happens to the origin's own response; null if the request goes to a broken origin. */
  readonly late: LateFault | null;
  /** The zone that has the fault, in the place of the request's own; null until it is made. */
  standIn: Zone | null;
}
