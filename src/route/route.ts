// From the request's host to its zone, in a time that does not depend on how many zones there are.

import type { Zone } from "../zone.ts";

/** No name is longer; what is longer need not be taken apart. @see RFC 1035 §2.3.4 */
const longestHost = 255;

/** Finds zones by host: an exact name first, then the closest wildcard, then `*`. */
export class Router {
  readonly #exact = new Map<string, Zone>();
  readonly #below = new Map<string, Zone>();
  readonly #every: Zone | null;

  constructor(zones: readonly Zone[]) {
    let every: Zone | null = null;
    for (const zone of zones) {
      for (const host of zone.config.hosts) {
        if (host === "*") every = zone;
        else if (host.startsWith("*.")) this.#below.set(host.slice(2), zone);
        else this.#exact.set(host, zone);
      }
    }
    this.#every = every;
  }

  /** The zone of a host (lower case, without port); null if no zone has it. */
  find(host: string): Zone | null {
    const exact = this.#exact.get(host);
    if (exact !== undefined) return exact;
    if (this.#below.size > 0 && host.length <= longestHost) {
      for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) {
        const zone = this.#below.get(host.slice(dot + 1));
        if (zone !== undefined) return zone;
      }
    }
    return this.#every;
  }
}
