// The names a zone's origins are asked under: in the Host field, and in the TLS handshake.

import { isIP } from "node:net";

import type { ProblemList, Steps } from "./problem-list.ts";

/** The names, each `request`, `origin`, or one of its own. */
export interface OriginNames {
  readonly hostHeader: string;
  readonly sni: string;
}

/** Words that stand for a name. */
const words: ReadonlySet<string> = new Set(["request", "origin"]);

/** What is said of names, by the zone or by one origin. */
export interface WrittenNames {
  readonly hostHeader?: string;
  readonly sni?: string;
}

/** Completes what the zone or origin written at `steps` says of names. @see Cloudflare docs, Origin Rules: a Host override changes SNI too */
export function resolveNames(
  steps: Steps,
  written: WrittenNames,
  problems: Pick<ProblemList, "report">,
): OriginNames {
  const { hostHeader = "request" } = written;
  if (!isHost(hostHeader))
    problems.report(
      [...steps, "hostHeader"],
      "must be request, origin, or a host with or without port",
      hostHeader,
    );
  const { sni = isOwnName(hostHeader) ? withoutPort(hostHeader) : "origin" } = written;
  if (written.sni !== undefined && !isName(written.sni))
    problems.report(
      [...steps, "sni"],
      "must be request, origin, or a host name without port; addresses are no server names",
      written.sni,
    );
  return { hostHeader, sni };
}

/** Whether it is a name, and not a word that stands for one. */
export function isOwnName(name: string): boolean {
  return !words.has(name);
}

function isHost(text: string): boolean {
  return /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.test(text);
}

function isName(text: string): boolean {
  return /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$/i.test(text) && isIP(text) === 0;
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
}
