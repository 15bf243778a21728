// The public face of `edgecase/testing`: the explicit list of what a test may import. It loads the gateway when one is started.

// oxlint-disable-next-line no-unassigned-import -- Before a test can put fake timers in place: later imports get the real ones.
import "node:timers";

export type { FaultRequest, FaultView } from "../admin/fault-schemas.ts";
export type { SettingsRequest, Summary } from "../admin/schemas.ts";
export type { ConfigFile, ZoneFile } from "../config/schema.ts";
export type { ExchangeFilter } from "../record/exchange-filter.ts";
export { type BrokenOrigin, fixture } from "./fixture.ts";
export {
  type Edgecase,
  type EdgecaseOptions,
  type InjectOptions,
  startEdgecase,
} from "./start-edgecase.ts";
