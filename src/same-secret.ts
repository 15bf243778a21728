// Comparing secrets in a time that tells nothing of either.

import { createHash, timingSafeEqual } from "node:crypto";

/** Whether what was shown is the secret. */
export function isSameSecret(shown: string, secret: string): boolean {
  return timingSafeEqual(digest(shown), digest(secret));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
