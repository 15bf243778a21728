// The request field that asks for a fault: `edgecase-inject: expired`, or `cut; after=4096; delay=2s`. Obeyed where the configuration says so.

import type { FaultRuleConfig } from "../config/gateway-config.ts";
import { parseDuration } from "../config/duration.ts";
import { shorten } from "../plain-text.ts";
import { faultNamed } from "./fault.ts";

/** The field's name. */
export const injectField = "edgecase-inject";

/** No value is shown longer. */
const longestValue = 100;

/** The fault that a field's value asks for; or what is wrong with it, in a sentence. */
export function faultInField(
  value: string,
): Pick<FaultRuleConfig, "fault" | "delayMs" | "after"> | string {
  const [name = "", ...parameters] = value.split(";").map((part) => part.trim());
  const fault = faultNamed(name);
  if ("rule" in fault) return `${injectField}: ${quoted(name)} ${fault.rule}`;
  let delayMs = 0;
  let after = 0;
  for (const parameter of parameters) {
    const [key, written = ""] = parameter.split("=", 2);
    const number = /^\d{1,12}$/.test(written) ? Number(written) : null;
    const wait = number ?? parseDuration(written);
    if (key === "delay" && wait !== null) delayMs = Math.min(wait, longestDelayMs);
    else if (key === "after" && number !== null) after = number;
    else return `${injectField}: ${quoted(parameter)} is neither delay=2s nor after=4096`;
  }
  return { fault, delayMs, after };
}

/** An hour: what a client asks for has an end. */
const longestDelayMs = 3_600_000;

function quoted(text: string): string {
  return JSON.stringify(shorten(text, longestValue));
}
