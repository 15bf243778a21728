// What is thrown when a configuration cannot be used: while starting, and when another one is to take the place of what is in force.

/** One thing that is wrong: where it stands, the rule it breaks, and what was found there. */
export interface ConfigProblem {
  /** Path in the file, e.g. `zones[0].origins[1]`; empty for the whole file. */
  readonly path: string;
  /** The rule, as a sentence without a full stop. */
  readonly rule: string;
  /** The value found, shortened; absent where there is none. */
  readonly found?: string;
  /** The valid key nearest to an unknown one. */
  readonly nearest?: string;
  /** 1-based line in the file, where it is known. */
  readonly line?: number;
}

/** While starting the command exits with 2; later the configuration in force stays. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly file: string | null;
  readonly problems: readonly ConfigProblem[];
  /** Absolute paths of the files that the configuration names, as far as it could be read. */
  readonly files: readonly string[];

  constructor(
    file: string | null,
    problems: readonly ConfigProblem[],
    files: readonly string[] = [],
  ) {
    super(problems.map((problem) => describe(file, problem)).join("\n"));
    this.file = file;
    this.problems = problems;
    this.files = files;
  }
}

/** A problem as a line of text. */
export function describe(
  file: string | null,
  { path, rule, found, nearest, line }: ConfigProblem,
): string {
  const place = [file, line].filter((part) => part !== null && part !== undefined).join(":");
  const subject = path === "" ? "the file" : path;
  const value = found === undefined ? "" : ` (found ${found})`;
  const hint = nearest === undefined ? "" : `; did you mean "${nearest}"?`;
  return `${place === "" ? "" : `${place}: `}${subject}: ${rule}${value}${hint}`;
}

/** The value as it may be shown in a message: JSON, at most 60 characters. */
export function show(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 57)}...` : json;
}
