// Collects every problem of a configuration instead of stopping at the first, and reads the files that it names.

import { hash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { resolve as resolvePath } from "node:path";

import { type ConfigProblem, show } from "./config-error.ts";
import type { ReadConfig } from "./check-config.ts";
import { pathOf } from "./schema-problems.ts";

/** A path in the configuration, step by step. */
export type Steps = readonly (string | number)[];

/** The problems found so far. */
export class ProblemList {
  readonly problems: ConfigProblem[] = [];
  /** What is told, and keeps nobody from serving. */
  readonly warnings: ConfigProblem[] = [];
  /** Absolute paths of the files that were asked for, whether or not there are such files. */
  readonly files = new Set<string>();
  readonly #lineOf: ReadConfig["lineOf"];
  readonly #folder: string;

  /** Files are named relative to `folder`. */
  constructor(lineOf: ReadConfig["lineOf"], folder: string) {
    this.#lineOf = lineOf;
    this.#folder = folder;
  }

  report(steps: Steps, rule: string, found?: unknown, nearest?: string): void {
    this.problems.push(this.#problem(steps, rule, found, nearest));
  }

  /** As `report`, for what may be meant so. */
  warn(steps: Steps, rule: string, found?: unknown, nearest?: string): void {
    this.warnings.push(this.#problem(steps, rule, found, nearest));
  }

  /** Takes problems that are told elsewhere. */
  get silent(): ProblemList {
    return new ProblemList(this.#lineOf, this.#folder);
  }

  /** The absolute path of a file, and a word that is another as soon as its text is; reports one that cannot be read. */
  fileAt(steps: Steps, file: string): { readonly path: string; readonly version: string } {
    const text = this.#read(steps, file) ?? "";
    return { path: this.#pathOf(file), version: hash("sha256", text) };
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

  /** The bytes of a file; reports and returns null if it cannot be read, or has more than `most`. */
  readBytes(steps: Steps, file: string, most: number): Buffer | null {
    try {
      const path = this.#pathOf(file);
      const { size } = statSync(path); // Before it is read: it may be any file.
      if (size <= most) return readFileSync(path);
      this.report(steps, `must have at most ${most} bytes`, size);
    } catch (error) {
      this.#reportUnreadable(steps, file, error);
    }
    return null;
  }

  #read(steps: Steps, file: string): string | null {
    try {
      return readFileSync(this.#pathOf(file), "utf8");
    } catch (error) {
      this.#reportUnreadable(steps, file, error);
      return null;
    }
  }

  #pathOf(file: string): string {
    const path = resolvePath(this.#folder, file);
    this.files.add(path);
    return path;
  }

  #reportUnreadable(steps: Steps, file: string, error: unknown): void {
    this.report(
      steps,
      `names a file that cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown error"}`,
      file,
    );
  }

  #problem(steps: Steps, rule: string, found?: unknown, nearest?: string): ConfigProblem {
    const line = this.#lineOf(steps);
    return {
      path: pathOf(steps),
      rule,
      ...(found !== undefined && { found: show(found) }),
      ...(nearest !== undefined && { nearest }),
      ...(line !== undefined && { line }),
    };
  }
}
