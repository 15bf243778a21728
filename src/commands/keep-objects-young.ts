// Beside the line: how V8 shall think of what a request leaves behind.

import { setFlagsFromString } from "node:v8";

/**
 * Has V8 make every object a young one. By what it sees in busy seconds it would come to make some of them old at once, a
 * request's along with them, and then each request costs a part of a full collection: a seventh of all its work (docs/performance.md).
 */
export function keepObjectsYoung(): void {
  setFlagsFromString("--no-allocation-site-pretenuring");
}
