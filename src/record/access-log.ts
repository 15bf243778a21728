// One JSON line for every request, always the same keys in the same order, concatenated by hand: a serialiser that looks at
// an object costs a quarter of the throughput. Queries, cookies and credentials are not among the keys.

import { describeTolerated } from "../classify/classify-connect.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { toJson } from "../plain-text.ts";

/** pino's numbers for the levels. */
const info = 30;
const warn = 40;
const error = 50;

/** No host, path or detail in a line is longer. */
export const longestText = 2_048;

/** The access line of a request that has ended, with its line end. `more` are further members, a comma before each. */
export function accessLine(
  context: ExchangeContext,
  time: number,
  totalMs: number,
  more = "",
): string {
  const { failure, req } = context;
  const question = context.target.indexOf("?");
  const path = question < 0 ? context.target : context.target.slice(0, question);
  return (
    `{"time":${time},"level":${levelOf(context)},"msg":"request","ray":"${context.ray}","zone":${text(context.zone?.name ?? "")}` +
    `,"client":"${context.clientAddress}","method":"${req.method ?? ""}","host":${text(context.host)},"path":${text(path)}` +
    `,"protocol":"${protocolOf(req.httpVersion)}","status":${context.status},"code":${context.code === null ? "null" : context.code.code}` +
    `,"failure":${name(failure?.type)},"reason":${name(failure?.reason)},"phase":${name(failure?.phase)},"late":${failure?.responseStarted === true}` +
    `,"detail":${detailOf(context)},"origin":${text(context.origin)},"originIp":${text(context.originIp)}` +
    `,"originStatus":${context.originStatus},"reused":${context.isReused},"retries":${context.retries}` +
    `,"requestBytes":${context.requestBytes},"responseBytes":${context.responseBytes}` +
    `,"dnsMs":${ms(context.dnsMs)},"tcpMs":${ms(context.tcpMs)},"tlsMs":${ms(context.tlsMs)},"responseMs":${ms(context.responseMs)},"totalMs":${ms(totalMs)},"injected":${name(context.injected?.name)}${more}}\n`
  );
}

/** HTTP/2 has no minor version. @see RFC 9113 §1 */
export function protocolOf(version: string | null): string {
  if (version === null) return "";
  return version === "2.0" ? "HTTP/2" : `HTTP/${version}`;
}

/** pino's number for the line's level: what went well is info, what did not a warning, our own fault an error. */
export function levelOf({ failure, status }: ExchangeContext): number {
  if (failure === null) return status === 499 ? warn : info;
  return failure.type === "proxy_internal_error" ? error : warn;
}

/** The failure's cause; or else, under `ssl: full`, what `strict` would have said of the certificate. */
function detailOf({ failure, tolerated }: ExchangeContext): string {
  if (failure !== null) return text(failure.detail);
  return tolerated === null ? "null" : text(describeTolerated(tolerated));
}

/** A word of our own, never from the wire; null where there is none. */
function name(word: string | null | undefined): string {
  return word === null || word === undefined ? "null" : `"${word}"`;
}

function text(value: string): string {
  if (value.length > longestText) return toJson(value.slice(0, longestText));
  return isPlain.test(value) ? `"${value}"` : toJson(value);
}

/** What JSON has as it is. Nearly every value is so, and to look costs a tenth of escaping. */
const isPlain = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** Milliseconds to the hundredth; null where there is no such step. Whole numbers are written in a fourth of the time of others. */
function ms(value: number | null): string {
  if (value === null) return "null";
  const hundredths = Math.max(0, Math.round(value * 100)); // No step takes less, and its digits are written apart.
  const whole = Math.trunc(hundredths / 100);
  const rest = hundredths - whole * 100;
  if (rest === 0) return String(whole);
  if (rest % 10 === 0) return `${whole}.${rest / 10}`;
  return `${whole}.${rest < 10 ? "0" : ""}${rest}`;
}
