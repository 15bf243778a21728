// Collects every problem of a configuration instead of stopping at the first, and reads the files that it names.

import { readFileSync } from "node:fs";
import { resolve as resolvePath } from "node:path";

import { type ConfigProblem, show } from "./config-error.ts";
import { pathOf, type ReadConfig } from "./read-file.ts";

/** A path in the configuration, step by step. */
export type Steps = readonly (string | number)[];

/** The problems found so far. */
export class ProblemList {
  readonly problems: ConfigProblem[] = [];
  readonly #lineOf: ReadConfig["lineOf"];
  readonly #folder: string;

  /** Files are named relative to `folder`. */
  constructor(lineOf: ReadConfig["lineOf"], folder: string) {
    this.#lineOf = lineOf;
    this.#folder = folder;
  }

  report(steps: Steps, rule: string, found?: unknown, nearest?: string): void {
    const line = this.#lineOf(steps);
    this.problems.push({
      path: pathOf(steps),
      rule,
      ...(found !== undefined && { found: show(found) }),
      ...(nearest !== undefined && { nearest }),
      ...(line !== undefined && { line }),
    });
  }

  /** The text of a PEM file; reports and returns "" if there is none. */
  readPem(steps: Steps, file: string): string {
    const text = this.#read(steps, file);
    if (text !== null && !text.includes("-----BEGIN "))
      this.report(steps, "must be a PEM file", file);
    return text ?? "";
  }

  /** The secret in a file, without white space around it; null if no file is named. */
  readSecret(steps: Steps, file: string | null): string | null {
    if (file === null) return null;
    const secret = this.#read(steps, file)?.trim() ?? null;
    if (secret === "") this.report(steps, "must not be an empty file", file);
    return secret;
  }

  #read(steps: Steps, file: string): string | null {
    try {
      return readFileSync(resolvePath(this.#folder, file), "utf8");
    } catch (error) {
      this.report(
        steps,
        `names a file that cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown error"}`,
        file,
      );
      return null;
    }
  }
}
