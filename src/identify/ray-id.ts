// Ray ids: 16 hex digits and a place, as the CDN's. Not secret, only unlikely to repeat.

import { randomFillSync } from "node:crypto";

const bytesPerRay = 8;
const pool = Buffer.alloc(bytesPerRay * 512);
let used = pool.length;

/** A new ray id, e.g. `230b030023ae2822-DEV`. Random bytes are drawn for 512 at a time. */
export function newRayId(colo: string): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytesPerRay;
  return `${pool.toString("hex", used - bytesPerRay, used)}-${colo}`;
}
