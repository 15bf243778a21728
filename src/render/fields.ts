// The fields of an answer of ours. Which there are depends on the settings alone, never on the failure, when it is sanitized.

import { type BareItem, serializeBareItem, Token } from "structured-headers";

import { reasons } from "../../edge-codes/index.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import type { ErrorRule } from "../config/gateway-config.ts";
import type { EdgeCode } from "../map/edge-code.ts";
import type { Answer, Story } from "./answer.ts";
import type { Asker } from "./asker.ts";
import type { Format } from "./negotiate.ts";
import { contentSecurityPolicy } from "./style.ts";

/** A form of ours, or the media type of what the site's owner wrote. */
export type BodyForm = Format | ErrorRule["contentType"];

/** What the fields of an error tell of its request. */
export type ErrorSource = Pick<Story, "ray" | "origin" | "originIp">;

/** Content-Type for each form. */
export const contentTypes: Readonly<Record<BodyForm, string>> = {
  html: "text/html; charset=utf-8",
  problem: "application/problem+json; charset=utf-8",
  json: "application/json; charset=utf-8",
  markdown: "text/markdown; charset=utf-8",
  text: "text/plain; charset=utf-8",
  "text/html": "text/html; charset=utf-8",
  "text/plain": "text/plain; charset=utf-8",
  "text/xml": "text/xml; charset=utf-8",
  "application/json": "application/json; charset=utf-8",
};

/** The fields of every page of ours, names and values in turn. */
export function ownFields(ray: string, contentType: string, contentLength: number): string[] {
  return [
    "content-type", contentType,
    "content-length", String(contentLength),
    ...commonFields(ray),
  ]; // prettier-ignore
}

/** Those that do not depend on the body. */
function commonFields(ray: string): string[] {
  return [
    "cache-control", "no-store",
    "cf-ray", ray,
    "x-content-type-options", "nosniff",
    "x-robots-tag", "noindex",
  ]; // prettier-ignore
}

/** The fields of an error, names and values in turn. Our own page loads nothing and says so; an owner's may do what it likes. */
export function answerFields(
  context: ErrorSource,
  answer: Answer,
  form: BodyForm,
  contentLength: number,
): string[] {
  const fields = [
    "content-type", contentTypes[form],
    "content-length", String(contentLength),
  ]; // prettier-ignore
  if (form === "html") fields.push("content-security-policy", contentSecurityPolicy);
  return [...fields, ...errorFields(context, answer)];
}

/** The fields that every error has, whatever its body is. */
export function errorFields(context: ErrorSource, answer: Answer): string[] {
  const fields = commonFields(context.ray);
  return answer.detail === null
    ? fields
    : [...fields, ...tellingFields(answer.detail.failure, context, answer.code)];
}

/** Those that tell what has failed. */
export function tellingFields(
  failure: OriginFailure,
  context: ErrorSource,
  code: EdgeCode,
): string[] {
  return [
    "proxy-status", proxyStatus(failure, context, code.status),
    "cf-error-type", String(code.code),
    ...retryFields(code),
  ]; // prettier-ignore
}

/** How long to wait before the next try, where that is known. */
export function retryFields({ facts: { retryable, retryAfterSeconds } }: EdgeCode): string[] {
  return retryable && retryAfterSeconds !== null ? ["retry-after", String(retryAfterSeconds)] : [];
}

/** The Server field that the zone wants its answers to have. */
export function serverField({ zone }: Asker): string[] {
  const server = zone?.config.fields.server ?? null;
  return server === null ? [] : ["server", server];
}

/** A member of Proxy-Status for a failure. @see RFC 9209 §2; §2.3.15 on alerts, §2.3.16 on `status-code` */
function proxyStatus(
  failure: OriginFailure,
  context: Pick<Story, "origin" | "originIp">,
  status: number,
): string {
  const parameters: [name: string, value: BareItem][] = [["error", new Token(failure.type)]];
  if (failure.reason !== null) parameters.push(["details", failure.reason]);
  if (context.originIp !== "" || context.origin !== "")
    parameters.push(["next-hop", ascii(context.originIp || context.origin)]);
  if (failure.type === "tls_alert_received" && failure.reason !== null) {
    const alerts: Readonly<Record<string, { alert: number }>> = reasons.tls_alert_received;
    const number = alerts[failure.reason]?.alert;
    if (number !== undefined) parameters.push(["alert-id", number]);
    parameters.push(["alert-message", failure.reason]);
  }
  if (failure.type === "http_request_error") parameters.push(["status-code", status]);
  return [
    "edgecase",
    ...parameters.map(([name, value]) => `${name}=${serializeBareItem(value)}`),
  ].join("; ");
}

/** A structured string holds printable ASCII only. @see RFC 9651 §3.3.3 */
function ascii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?");
}
