// Whoever asked, as far as it chooses the form of an answer: by the request's own fields, and by what its zone has for errors.

import type { ZoneConfig } from "../config/gateway-config.ts";

/** A request under way, or what is kept of one. */
export interface Asker {
  readonly ray: string;
  readonly clientAddress: string;
  readonly zone: {
    readonly config: Pick<ZoneConfig, "errorPages" | "errorRules" | "fields">;
  } | null;
  readonly req: {
    readonly httpVersionMajor: number;
    readonly headers: {
      readonly accept?: string | undefined;
      readonly "accept-encoding"?: string | undefined;
      readonly "content-type"?: string | undefined;
    };
  };
}
