// The HTTP layer: what the head of the response says, and how its content is delimited.

import type { HeadSeen } from "../exchange/asking.ts";
import { onOneLine, shorten } from "../plain-text.ts";
import { stateOf } from "./layer-state.ts";
import type { HttpReport } from "./report.ts";
import type { Subject } from "./subject.ts";
import type { Trial } from "./trial.ts";

/** No value of a field is shown longer. */
const longestValue = 200;

/** Tells of the layer. */
export function reportHttp({ zone }: Subject, decisive: Trial): HttpReport {
  const { head, asked, second } = decisive;
  return {
    state: stateOf("http", decisive),
    ms: head?.headMs ?? null,
    version: head === null ? null : onOneLine(head.version),
    status: head?.status ?? null,
    reason: head === null ? null : shownValue(head.reason),
    fields: head === null ? null : head.fields.length / 2,
    headerBytes: head?.headerBytes ?? null,
    headerLimit: zone.limits.responseHeaderBytes,
    framing: head === null ? null : framingOf(head),
    contentCoding: head?.contentCoding ? shownValue(head.contentCoding) : null,
    contentBytes: asked?.contentBytes ?? null,
    isWhole: asked?.isWhole ?? null,
    server: valueOf(head, "server"),
    location: valueOf(head, "location"),
    keepAlive: second,
  };
}

function framingOf({ version, status, contentLength, isDelimited }: HeadSeen): string {
  if (status === 204 || status === 304) return "no content";
  if (contentLength !== null) return `Content-Length of ${contentLength}`;
  if (version === "HTTP/2") return "the stream's end";
  return isDelimited ? "chunked" : "the connection's end";
}

function valueOf(head: HeadSeen | null, wanted: string): string | null {
  const { fields = [] } = head ?? {};
  const at = fields.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === wanted);
  return at < 0 ? null : shownValue(fields[at + 1] ?? "");
}

function shownValue(value: string): string {
  return shorten(onOneLine(value), longestValue);
}
