// Loaded before Edgecase: it counts nothing then, which no configuration can have. To measure what counting costs.

import { register } from "node:module";
import { isMainThread } from "node:worker_threads";

const mark = "var Metrics = class ";

// Node loads hooks into a thread of their own: this file again.
if (isMainThread) register(import.meta.url);

/** A build has the class among many in one file, under its own name. */
export async function load(url, context, nextLoad) {
  const module = await nextLoad(url, context);
  const source = String(module.source ?? "");
  if (!source.includes(mark)) return module;
  return { ...module, source: `${source}\nMetrics.prototype.count = () => {};\n` };
}
