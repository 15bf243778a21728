// How origins are checked, ready to use: statuses as ranges, fields in a row, durations in milliseconds.

import { validateHeaderName, validateHeaderValue } from "node:http";

import { defaults } from "./defaults.ts";
import type { MonitorConfig } from "./gateway-config.ts";
import type { ProblemList, Steps } from "./problem-list.ts";
import type { MonitorFile } from "./schema.ts";

/** Completes the monitor written at `steps`. `clock` scales its interval and timeout. */
export function resolveMonitor(
  steps: Steps,
  written: MonitorFile,
  clock: number,
  problems: ProblemList,
): MonitorConfig {
  const monitor = { ...defaults.monitor, ...written };
  const { type, method, path, port, retries } = monitor;
  const isHttp = type === "http" || type === "https";
  if ((type === "custom") !== (monitor.module !== null))
    problems.report([...steps, "module"], "goes with the type custom, and with no other", type);
  if (monitor.timeout > monitor.interval)
    problems.report([...steps, "timeout"], "must not be above the interval", monitor.timeout);
  for (const key of [
    "method",
    "path",
    "expectedCodes",
    "expectedBody",
    "followRedirects",
  ] as const) {
    if (!isHttp && written[key] !== undefined)
      problems.report([...steps, key], "is for the types http and https", written[key]);
  }
  if (method === "HEAD" && monitor.expectedBody !== "")
    problems.report([...steps, "expectedBody"], "cannot be found by the method HEAD", method);
  const module =
    monitor.module === null ? null : problems.fileAt([...steps, "module"], monitor.module);
  return {
    type,
    method,
    path,
    port,
    fields: resolveFields([...steps, "header"], monitor.header, problems),
    expectedCodes: monitor.expectedCodes.split(",").map((range) => rangeOf(range.trim())),
    expectedBody: monitor.expectedBody.toLowerCase(),
    isFollowingRedirects: monitor.followRedirects,
    isInsecureAllowed: monitor.allowInsecure,
    intervalMs: toMs(monitor.interval, clock),
    timeoutMs: toMs(monitor.timeout, clock),
    retries,
    consecutiveUp: Math.max(1, monitor.consecutiveUp),
    consecutiveDown: Math.max(1, monitor.consecutiveDown),
    module: module?.path ?? null,
    moduleVersion: module?.version ?? null,
  };
}

function toMs(seconds: number, clock: number): number {
  return Math.max(1, Math.round(seconds * 1_000 * clock));
}

/** `200`, `2xx` or `200-204`. */
function rangeOf(text: string): readonly [number, number] {
  if (text.endsWith("xx")) return [Number(text[0]) * 100, Number(text[0]) * 100 + 99];
  const [first = "", last = first] = text.split("-");
  return [Number(first), Number(last)];
}

function resolveFields(
  steps: Steps,
  header: Readonly<Record<string, readonly string[]>>,
  problems: ProblemList,
): string[] {
  return Object.entries(header).flatMap(([name, values]) =>
    values.flatMap((value) => {
      try {
        validateHeaderName(name);
        validateHeaderValue(name, value);
      } catch {
        problems.report([...steps, name], "must be a field that HTTP can carry", value);
      }
      return [name, value];
    }),
  );
}
