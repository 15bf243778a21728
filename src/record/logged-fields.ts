// Fields of request and response that the log's owner has asked for, and no others: bounded, and harmless.

import type { LogConfig } from "../config/gateway-config.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { toJson } from "../plain-text.ts";

/** No value in a line is longer. */
const longestValue = 512;

/** Names and values that were there, in the order of the configuration. */
export type LoggedFields = Readonly<Record<string, string>>;

/** The members `requestHeaders` and `responseHeaders` of a line, a comma before each. */
export function fieldMembers(
  { rawFields, res }: ExchangeContext,
  { requestFields, responseFields }: LogConfig,
): string {
  const request = requestFields.length === 0 ? null : pickFields(rawFields, requestFields);
  const response = responseFields.length === 0 ? null : pickFields(res.sentFields, responseFields);
  return (
    (request === null ? "" : `,"requestHeaders":${toJson(request)}`) +
    (response === null ? "" : `,"responseHeaders":${toJson(response)}`)
  );
}

/** Those of the fields, names and values in turn, that are wanted. Several of one name are joined. @see RFC 9110 §5.3 */
export function pickFields(fields: readonly string[], wanted: readonly string[]): LoggedFields {
  const found = new Map<string, string>();
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const name = (fields[index] ?? "").toLowerCase();
    if (!wanted.includes(name)) continue;
    const before = found.get(name);
    const value = fields[index + 1] ?? "";
    const whole = before === undefined ? value : `${before}, ${value}`;
    found.set(name, whole.slice(0, longestValue));
  }
  return Object.fromEntries(
    wanted.flatMap((name) => {
      const value = found.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
