// How far a trial came, layer by layer.

import type { Trial } from "./trial.ts";

/** The layers, in the order in which they are gone through. */
export const layers = ["dns", "tcp", "tls", "http"] as const;

export type Layer = (typeof layers)[number];

/** How a layer is. */
export type LayerState = "ok" | "failed" | "unreached" | "skipped";

/** The layer at which a trial stopped; null if it did not. What has no layer of its own happened where HTTP was spoken. */
export function layerOf({ failure }: Trial): Layer | null {
  if (failure === null) return null;
  return failure.phase === "edge" ? "http" : failure.phase;
}

/** Of one layer. It is skipped where the way does not lead through it. */
export function stateOf(layer: Layer, trial: Trial): LayerState {
  const stopped = layerOf(trial);
  const [at, stop] = [layers.indexOf(layer), stopped === null ? Infinity : layers.indexOf(stopped)];
  if (at === stop) return "failed";
  if (at > stop) return "unreached";
  const { target, progress } = trial;
  if (layer === "tls" && target.tls === null) return "skipped";
  return layer === "dns" && progress.dnsMs === null ? "skipped" : "ok";
}
