// A gateway for programs, as the package exports it: of a configuration, or of a file with one.

import type { GatewayConfig } from "./config/gateway-config.ts";
import { readConfigFile } from "./config/read-file.ts";
import { resolveConfig } from "./config/resolve.ts";
import type { ConfigFile } from "./config/schema.ts";
import type { EdgeGateway, GatewayOptions } from "./edge-gateway.ts";
import { completed, ProgramGateway } from "./program-gateway.ts";

/**
 * Makes a gateway of a configuration, or of the path of a file with one. It does not listen yet.
 *
 * Throws {@link ConfigError} with every problem: where it stands, the rule, and the value found. Relative paths start at the
 * file's folder, or else at the current one. The environment's EDGECASE_… variables do not count.
 */
export function createGateway(
  config: ConfigFile | string,
  options: GatewayOptions = {},
): EdgeGateway {
  return new ProgramGateway(config, read, options);
}

function read(source: ConfigFile | string): GatewayConfig {
  if (typeof source !== "string") return completed(source);
  return resolveConfig(readConfigFile(source), source);
}
