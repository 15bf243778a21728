// Custom error rules: the zone's own content in place of an error's, whoever made the error.

import { STATUS_CODES } from "node:http";

import type { ErrorRule } from "../config/gateway-config.ts";
import { isHttp2 } from "../listen/client-request.ts";
import type { Asker } from "./asker.ts";
import { contentTypes } from "./fields.ts";

/** Node sends no larger status over HTTP/2. */
const mostHttp2Status = 599;

/**
 * Fields that tell of the content they came with, and would be wrong about another. Cloudflare's docs name the first two;
 * with the next two left, clients would not be able to read the content, and with the rest they would find it damaged.
 */
const ofContent: ReadonlySet<string> = new Set([
  "content-type",
  "content-length",
  "content-encoding",
  "trailer",
  "etag",
  "content-md5",
  "content-digest",
  "repr-digest",
  "digest",
]);

/** The rule for a response with this status; null if there is none. */
export function ruleFor(zone: Asker["zone"], status: number): ErrorRule | null {
  return zone?.config.errorRules.find(({ statuses }) => statuses.has(status)) ?? null;
}

/** Status and reason phrase of an answer under a rule; `own` are those it would have without. */
export function statusUnder(
  { responseStatus }: ErrorRule,
  { req }: Asker,
  own: { status: number; reason: string },
): { status: number; reason: string } {
  if (responseStatus === null || responseStatus === own.status) return own;
  if (responseStatus > mostHttp2Status && isHttp2(req)) return own;
  return { status: responseStatus, reason: STATUS_CODES[responseStatus] ?? "" };
}

/** An origin's fields as they go with the content of a rule: all but those of its own content. */
export function fieldsUnder(
  { contentType }: ErrorRule,
  fields: readonly string[],
  contentLength: number,
): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const name = fields[index] ?? "";
    if (!ofContent.has(name.toLowerCase())) kept.push(name, fields[index + 1] ?? "");
  }
  kept.push("content-type", contentTypes[contentType]);
  kept.push("content-length", String(contentLength));
  return kept;
}
