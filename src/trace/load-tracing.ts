// Traces, loaded when they are wanted, as few want them.

import type { Logger } from "pino";

import type { Tracing } from "./tracing.ts";

/** Begins to make traces. */
export async function loadTracing(messages: Logger): Promise<Tracing> {
  const { Tracing: Traces } = await import("./tracing.ts");
  return new Traces(messages);
}
