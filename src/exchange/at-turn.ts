// The next turn of the event loop, for many at once: each of its own would cost as much as what it does.

import { setImmediate } from "node:timers";

let waiting: (() => void)[] = [];

/** Calls in the next turn of the event loop, together with whatever else waits for that. */
export function atTurn(call: () => void): void {
  if (waiting.length === 0) setImmediate(callAll);
  waiting.push(call);
}

function callAll(): void {
  const calls = waiting;
  waiting = [];
  for (const call of calls) call();
}
