// A wait as people write it: 250ms, 2s, 5m, or a bare number of milliseconds.

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** What a duration looks like, as a pattern of JSON Schema. */
export const durationPattern = "^(\\d{1,9}(?:\\.\\d{1,3})?)(ms|s|m|h)$";

/** Milliseconds; null if it is no duration. */
export function parseDuration(written: string | number): number | null {
  if (typeof written === "number") return written;
  const [, amount = "", unit = ""] = new RegExp(durationPattern).exec(written) ?? [];
  const factor = units[unit];
  return factor === undefined ? null : Number(amount) * factor;
}
