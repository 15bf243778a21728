// From a plain value to a checked ConfigFile, every problem with its line where the value came from a file.

import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { isConfig } from "./is-config.ts";
import type { ConfigFile } from "./schema.ts";
import { problemsOf, type SchemaProblem } from "./schema-problems.ts";

/** A checked configuration, and a way back from a path in it to the line it stands on. */
export interface ReadConfig {
  readonly config: ConfigFile;
  readonly lineOf: (path: readonly (string | number)[]) => number | undefined;
}

/** Checks a configuration that is there as plain values. Throws {@link ConfigError} with every problem found. */
export function checkConfig(
  value: unknown,
  file: string | null,
  lineOf: ReadConfig["lineOf"],
): ConfigFile {
  if (isConfig(value)) return value;
  throw new ConfigError(file, withLines(problemsOf(isConfig.errors ?? []), lineOf));
}

/** The `lineOf` of what was in no file. */
export function noLine(): undefined {
  return undefined;
}

function withLines(
  problems: readonly SchemaProblem[],
  lineOf: ReadConfig["lineOf"],
): ConfigProblem[] {
  return problems.map(({ steps, ...problem }) => {
    const line = lineOf(steps);
    return line === undefined ? problem : { ...problem, line };
  });
}
