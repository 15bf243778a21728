// An access line for people: one line per request, aligned; what went wrong stands below it, indented.

import { describeTolerated } from "../classify/classify-connect.ts";
import type { LogConfig } from "../config/gateway-config.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { onOneLine, shorten } from "../plain-text.ts";
import { pickFields } from "./logged-fields.ts";

/** SGR parameters. @see ECMA-48 §8.3.117 */
const styles = {
  plain: "",
  dim: "2",
  good: "32",
  moved: "36",
  odd: "33",
  bad: "31",
  worst: "1;31",
} as const;

type Style = keyof typeof styles;

/** Columns, in characters. The time is as wide as the second line is indented. */
const columns = { time: 12, duration: 10, method: 7, url: 40, origin: 30 } as const;
const indent = " ".repeat(columns.time + 2);

/** Longer ones are cut. */
const longestUrl = 200;
const longestDetail = 500;

/** The line of a request that has ended, with its line end, and the lines that explain it. */
export function prettyLine(
  context: ExchangeContext,
  time: number,
  totalMs: number,
  config: LogConfig,
): string {
  const paint = config.isColored ? colored : plain;
  const { status, origin, ray } = context;
  const head = [
    paint("dim", clock(time)),
    paint(styleOf(context), String(status).padStart(3)),
    durationOf(totalMs).padStart(columns.duration),
    safe(context.req.method ?? "", columns.method).padEnd(columns.method),
    urlOf(context).padEnd(columns.url),
    safe(origin, longestUrl).padEnd(columns.origin),
    paint("dim", ray),
  ].join("  ");
  const below = explanations(context, config).map(
    ([style, text]) => `${indent}${paint(style, safe(text, longestDetail))}`,
  );
  return `${[head, ...below].join("\n")}\n`;
}

/** What is to be said besides: what went wrong, in words, and the fields that were asked for. */
function explanations(
  context: ExchangeContext,
  { requestFields, responseFields }: LogConfig,
): [Style, string][] {
  const { failure, code, status, tolerated, retries } = context;
  const lines: [Style, string][] = [];
  if (failure !== null) {
    const name = [failure.type, ...(failure.reason === null ? [] : [failure.reason])].join("/");
    const late = failure.responseStarted ? ", after the head had left" : "";
    lines.push([
      styleOf(context),
      `${code === null ? "" : `${code.code} `}${name}${late}: ${failure.detail}`,
    ]);
  } else if (status === 499) lines.push(["odd", "the client left"]);
  else if (tolerated !== null) lines.push(["odd", describeTolerated(tolerated)]);
  if (context.injected !== null) lines.push(["dim", `injected: ${context.injected.name}`]);
  if (retries > 0) lines.push(["dim", `sent again ${retries === 1 ? "once" : `${retries} times`}`]);
  const fields = {
    ...pickFields(context.rawFields, requestFields),
    ...pickFields(context.res.sentFields, responseFields),
  };
  for (const [name, value] of Object.entries(fields)) lines.push(["dim", `${name}: ${value}`]);
  return lines;
}

function styleOf({ failure, status }: ExchangeContext): Style {
  if (failure?.type === "proxy_internal_error") return "worst";
  if (failure !== null && (failure.responseStarted || status >= 500)) return "bad";
  if (status >= 500) return "bad";
  if (status >= 400) return "odd";
  return status >= 300 ? "moved" : "good";
}

function urlOf({ host, target }: ExchangeContext): string {
  const question = target.indexOf("?");
  return safe(`${host}${question < 0 ? target : target.slice(0, question)}`, longestUrl);
}

/** Text that a terminal only shows. */
function safe(text: string, most: number): string {
  return onOneLine(shorten(text, most));
}

/** The time of day, where the gateway is. */
function clock(time: number): string {
  const date = new Date(time);
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()];
  const whole = [hours, minutes, seconds].map((part) => String(part).padStart(2, "0")).join(":");
  return `${whole}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

function durationOf(ms: number): string {
  return ms < 10_000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(1)} s `;
}

function colored(style: Style, text: string): string {
  return styles[style] === "" ? text : `\u001b[${styles[style]}m${text}\u001b[0m`;
}

function plain(_style: Style, text: string): string {
  return text;
}
