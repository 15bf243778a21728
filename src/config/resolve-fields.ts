// The fields that the edge adds or changes for a zone.

import { defaults } from "./defaults.ts";
import type { ProblemList, Steps } from "./problem-list.ts";
import type { Fields, ZoneFile } from "./schema.ts";

/** Completes what is written at `steps`. */
export function resolveFields(
  steps: Steps,
  written: ZoneFile["fields"],
  problems: ProblemList,
): Fields {
  const fields = { ...defaults.fields, ...written };
  // RFC 9110 §5.5: what else a value might hold, Node would refuse to send with every response.
  if (fields.server !== null && !/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(fields.server))
    problems.report([...steps, "server"], "must be visible ASCII", fields.server);
  return fields;
}
