// The access log's settings: which requests have a line, in which form, and what may stand in it besides.

import { Type } from "@sinclair/typebox";

import { partial } from "./schema-parts.ts";

/** From the most talkative to nothing at all. */
const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const fieldNames = (description: string) =>
  Type.Array(Type.String(), { maxItems: 32, default: [], description });

/** What is written of requests, and of the gateway itself. */
export const logSchema = partial({
  level: Type.Union(
    logLevels.map((level) => Type.Literal(level)),
    {
      default: "info",
      description:
        "Least level to write: info is every request, warn those that failed or whose client left, error faults of the gateway's own. For its messages, too.",
    },
  ),
  format: Type.Union([Type.Literal("json"), Type.Literal("pretty")], {
    default: "json",
    description: "json for machines, pretty for people.",
  }),
  sampleSuccesses: Type.Number({
    minimum: 0,
    maximum: 1,
    default: 1,
    description:
      "Share of the requests that went well that have a line, by ray id; all others always have one.",
  }),
  requestFields: fieldNames(
    "Fields of the request to log, such as user-agent; none that holds credentials.",
  ),
  responseFields: fieldNames("Fields of the client's response to log, such as content-type."),
});
