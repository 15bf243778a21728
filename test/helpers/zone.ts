// A zone without a gateway.

import { parseConfig } from "../../src/config/read-file.ts";
import { resolveConfig } from "../../src/config/resolve.ts";
import type { ZoneFile } from "../../src/config/schema.ts";
import { Zone, type ZoneListener } from "../../src/zone.ts";

/** Hears nothing. */
export const nobody: ZoneListener = {
  onOpened: () => {},
  onStanding: () => {},
  onCertificate: () => {},
  onClosed: () => {},
};

/** Zones of these configs, in order. */
export function zonesOf(...zones: ZoneFile[]): Zone[] {
  const config = resolveConfig(parseConfig(JSON.stringify({ zones }), null), null);
  return config.zones.map((zone) => new Zone(zone, nobody));
}
