// The access log's settings, complete. What holds credentials cannot be asked for.

import { revealField } from "../identify/insider.ts";
import { defaults } from "./defaults.ts";
import type { LogConfig } from "./gateway-config.ts";
import type { ProblemList, Steps } from "./problem-list.ts";
import type { LogFile } from "./schema.ts";

/** Fields that never stand in a line, whoever asks for them. */
const secret: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "cookie2",
  "set-cookie",
  "set-cookie2",
  revealField,
]);

/** Completes what is written at `steps`. `isColored`: whoever reads pretty lines sees colours. */
export function resolveLog(
  written: LogFile | undefined,
  isColored: boolean,
  problems: ProblemList,
): LogConfig {
  const log = { ...defaults.log, ...written } as Required<LogFile>;
  return {
    ...log,
    requestFields: fieldNames(["log", "requestFields"], log.requestFields, problems),
    responseFields: fieldNames(["log", "responseFields"], log.responseFields, problems),
    isColored,
  };
}

/** The names in lower case, each once. */
function fieldNames(
  steps: Steps,
  written: readonly string[],
  problems: ProblemList,
): readonly string[] {
  const names = new Set<string>();
  for (const [index, name] of written.entries()) {
    const lower = name.toLowerCase();
    // RFC 9110 §5.1: a field's name is a token.
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(lower))
      problems.report([...steps, index], "must be the name of a field", name);
    else if (secret.has(lower))
      problems.report([...steps, index], "must not be a field that holds credentials", name);
    names.add(lower);
  }
  return [...names];
}
