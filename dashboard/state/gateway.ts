// The gateway itself: its version, and where it takes requests.

import { signal } from "@preact/signals";

import type { GatewayFacts } from "../api/types.ts";

/** The gateway; null until it is known. */
export const gateway = signal<GatewayFacts | null>(null);
