// The public face of `edgecase`: the explicit list of what a program may import.

export type { FaultRequest, FaultView } from "./admin/fault-schemas.ts";
export type { SettingsRequest, SettingsView, Summary } from "./admin/schemas.ts";
export { ConfigError, type ConfigProblem } from "./config/config-error.ts";
export type { ConfigFile, ZoneFile } from "./config/schema.ts";
export {
  createGateway,
  type Doors,
  type EdgeGateway,
  type GatewayOptions,
} from "./create-gateway.ts";
export type { ExchangeFilter } from "./record/recent-exchanges.ts";
export type { ReloadOutcome } from "./record/reload-record.ts";
