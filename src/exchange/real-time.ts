// Beside the line, for tests that have put fake timers in place of the globals: undici waits a turn of the event loop by them
// before it writes on a kept connection, and would wait for ever.

import { setImmediate } from "node:timers";

/** Its `then` is called when this tick's work is done, by no clock. `queueMicrotask` would make a resource for each call. */
export const thisTick = Promise.resolve();

/** Calls a library that asks for `setImmediate` before it returns: it gets Node's own. */
export function inRealTime<T>(call: () => T): T {
  const present = globalThis.setImmediate;
  if (present === setImmediate) return call();
  globalThis.setImmediate = setImmediate;
  try {
    return call();
  } finally {
    globalThis.setImmediate = present;
  }
}
