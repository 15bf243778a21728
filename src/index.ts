// The public face of `edgecase`: the explicit list of what a program may import.

export type { FaultRequest, FaultView } from "./admin/fault-schemas.ts";
export type { SettingsRequest, SettingsView, Summary } from "./admin/schemas.ts";
export { ConfigError, type ConfigProblem } from "./config/config-error.ts";
export type { ConfigFile, ZoneFile } from "./config/schema.ts";
export { createGateway } from "./create-gateway.ts";
export type { Doors, EdgeGateway, GatewayOptions } from "./edge-gateway.ts";
export type { ExchangeFilter } from "./record/exchange-filter.ts";
export type { ReloadOutcome } from "./reload/reload-outcome.ts";
