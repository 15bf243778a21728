// Reads a scrape: one entry for each sample of the classic form, or of OpenMetrics with its exemplar.

/** A line of a scrape. */
export interface ScrapedSample {
  readonly name: string;
  /** As printed, braces and all; empty where there are none. */
  readonly labelText: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly exemplar: ScrapedExemplar | null;
}

/** What stands behind a sample's `#`. */
export interface ScrapedExemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

/** Every sample of a scrape, in its order; throws at a line that is none. */
export function parseExposition(text: string): ScrapedSample[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(parseLine);
}

const samplePattern =
  /^(\w+)(\{(?:\w+="(?:[^"\\]|\\.)*",?)*\})? (\S+)(?: # (\{.*\}) (\S+) (\S+))?$/;

function parseLine(line: string): ScrapedSample {
  const [, name, labelText = "", value, exemplarLabels, exemplarValue, timestamp] =
    samplePattern.exec(line) ?? [];
  if (name === undefined) throw new Error(`no sample: ${line}`);
  return {
    name,
    labelText,
    labels: parseLabels(labelText),
    value: Number(value),
    exemplar:
      exemplarLabels === undefined
        ? null
        : {
            labels: parseLabels(exemplarLabels),
            value: Number(exemplarValue),
            timestamp: Number(timestamp),
          },
  };
}

function parseLabels(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = "", value = ""]) => [
      key,
      value.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped)),
    ]),
  );
}
