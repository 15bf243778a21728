// A gateway in a process of its own, which whoever started it tells its configuration, and which tells of each line as soon as there is one.

import { startGatewayOn } from "../../test/helpers/gateway.ts";
import type { ConfigFile } from "../../src/config/schema.ts";

process.once("message", (config: ConfigFile) => {
  void startGatewayOn(config).then((gateway) => {
    tellAll("line", gateway.lines as unknown[]);
    tellAll("message", gateway.messages as unknown[]);
    process.send?.({ port: gateway.port });
  });
});
process.once("disconnect", () => process.exit());

/** Tells of each item as it is pushed, and keeps none. */
function tellAll(name: string, items: unknown[]): void {
  items.push = (item: unknown) => {
    process.send?.({ [name]: item });
    return 0;
  };
}
