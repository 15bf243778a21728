// A histogram for the hot path: numbers in one typed array, turned into samples only when somebody scrapes.

/** Upper bounds of the buckets in seconds: from a local origin's answer to the longest deadline. */
export const bucketSeconds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 125, 300,
] as const;

/** One of the requests behind a number, for whoever wants to look at one. Only OpenMetrics can tell of it. */
export interface Exemplar {
  readonly ray: string;
  /** What it added to the number. */
  readonly value: number;
  /** When, in milliseconds since 1970. */
  readonly atMs: number;
}

/** What a histogram has counted for a while. */
export interface HistogramReport {
  readonly counts: Float64Array;
  readonly exemplars: readonly (Exemplar | undefined)[];
  readonly sumSeconds: number;
  readonly total: number;
}

/** Counts of observed durations. */
export class Histogram {
  /** Observations at or below each bound, and above the last. */
  readonly counts = new Float64Array(bucketSeconds.length + 1);
  /** By bucket, the last observation that came with a ray id. */
  readonly exemplars: (Exemplar | undefined)[] = [];
  sumSeconds = 0;
  total = 0;

  /** Adds one duration in milliseconds, and remembers whose it was. */
  observe(milliseconds: number, ray = ""): void {
    const seconds = milliseconds / 1000;
    let bucket = 0;
    while (bucket < bucketSeconds.length && seconds > (bucketSeconds[bucket] ?? 0)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sumSeconds += seconds;
    this.total += 1;
    if (ray !== "") this.#remember(bucket, ray, seconds);
  }

  /** In the place of the one before, whose memory it takes. */
  #remember(bucket: number, ray: string, value: number): void {
    const known: { -readonly [key in keyof Exemplar]: Exemplar[key] } | undefined =
      this.exemplars[bucket];
    if (known === undefined) {
      this.exemplars[bucket] = { ray, value, atMs: Date.now() };
      return;
    }
    known.ray = ray;
    known.value = value;
    known.atMs = Date.now();
  }

  /** What it has counted, which is then no longer its own; null if that is nothing. */
  drain(): HistogramReport | null {
    const { sumSeconds, total } = this;
    if (total === 0) return null;
    const report = {
      counts: this.counts.slice(),
      exemplars: [...this.exemplars],
      sumSeconds,
      total,
    };
    this.counts.fill(0);
    this.exemplars.length = 0;
    this.sumSeconds = 0;
    this.total = 0;
    return report;
  }

  /** Takes over what another one has counted. */
  absorb({ counts, exemplars, sumSeconds, total }: HistogramReport): void {
    for (const [bucket, count] of counts.entries())
      this.counts[bucket] = (this.counts[bucket] ?? 0) + count;
    for (const [bucket, exemplar] of exemplars.entries())
      if (exemplar !== undefined) this.exemplars[bucket] = exemplar;
    this.sumSeconds += sumSeconds;
    this.total += total;
  }
}
