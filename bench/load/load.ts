// What clients do, and what they saw. Each load generator is a program of its own in the file of its name.

import type { Child } from "../compare/children.ts";
import type { Launch } from "../compare/peer.ts";

/** The host that requests are for, where there is one zone. */
export const benchHost = "zone-0.bench.test";

/** What the clients do. */
export interface LoadPlan {
  readonly connections: number;
  readonly method?: "GET" | "POST";
  /** One of the origin's: see origins/. */
  readonly path: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly bodyBytes?: number;
  /** One after the other; without them {@link benchHost}. */
  readonly hosts?: readonly string[];
  /** Requests at a time on one connection, over HTTP/2. */
  readonly streams?: number;
}

/** What to run: a plan, against somebody, for a time. */
export interface LoadRun {
  readonly plan: LoadPlan;
  readonly scheme: "http" | "https";
  readonly port: number;
  readonly seconds: number;
  /** For whatever has to be written. */
  readonly folder: string;
  readonly start: (launch: Launch) => Child;
}

/** What the clients saw. */
export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Answers of 400 and more. */
  readonly refused: number;
  /** Connections that broke, and requests that nobody answered in time. */
  readonly broken: number;
}

/** A load generator. */
export interface Generator {
  readonly name: string;
  /** Null where it is not installed. */
  version(): string | null;
  run(run: LoadRun): Promise<LoadResult>;
}
