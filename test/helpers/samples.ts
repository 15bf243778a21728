// Reading what Prometheus would read.

/** The value of a metric's sample with these labels in a scraped text; 0 if there is none. Adds up where several match. */
export function sumOfSamples(
  text: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  let total = 0;
  for (const line of text.split("\n")) {
    const [, metric, list = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    if (metric === name && wanted.every((label) => list.includes(label))) total += Number(value);
  }
  return total;
}
