// Milliseconds as they are told: to the tenth.

/** The value with every number under a key `ms` or `…Ms` rounded to the tenth. */
export function toTenth<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (key: string, at: unknown) =>
    typeof at === "number" && /(?:^ms|Ms)$/.test(key) ? Math.round(at * 10) / 10 : at,
  ) as T;
}
