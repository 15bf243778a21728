// A site owner's own error page, and whatever else has tokens in it: which answers it is for, and how it is filled in.

import { isIP } from "node:net";

import type { ErrorRule } from "../config/gateway-config.ts";
import type { PageClass, Slot, Template } from "../config/template.ts";
import type { EdgeCode } from "../map/edge-code.ts";
import { onOneLine, toJson } from "../plain-text.ts";
import type { Answer } from "./answer.ts";
import type { Asker } from "./asker.ts";
import { errorBox } from "./error-box.ts";
import { html } from "./escape.ts";

type ContentType = ErrorRule["contentType"];

/** Codes that no error page is used for. @see Cloudflare docs, Custom errors, Error Pages and Troubleshooting */
const notCustomisable: ReadonlySet<number> = new Set([500, 501, 503, 505, 1001, 1003, 1018, 1023]);

/** What is known of a country that nobody looked up. @see Cloudflare docs, CF-IPCountry */
const unknownCountry = "XX";

/** A value as text of each type: never markup, never the end of a string. */
const escapes: Readonly<Record<ContentType, (value: string) => string>> = {
  "text/html": (value) => html`${value}`.text,
  "text/xml": (value) => html`${value}`.text,
  "text/plain": onOneLine,
  "application/json": (value) => toJson(value).slice(1, -1),
};

/** The class of a code's error page; null if it has none. */
export function pageClassOf({ code, status }: EdgeCode): PageClass | null {
  if (notCustomisable.has(code)) return null;
  if (code >= 1000) return "1xxx";
  return status >= 500 && status <= 599 && !notCustomisable.has(status) ? "5xx" : null;
}

/**
 * The owner's page for an answer, filled in; null if the answer is told in a form of ours.
 * Accept does not count, and a request without Accept-Encoding gets the edge's own form. @see Cloudflare docs, Error Pages
 */
export function customPage(asker: Asker, answer: Answer): Buffer | null {
  const pages = asker.zone?.config.errorPages;
  if (pages === undefined || asker.req.headers["accept-encoding"] === undefined) return null;
  const pageClass = pageClassOf(answer.code);
  const template = pageClass === null ? null : pages[pageClass];
  return template === null
    ? null
    : fill(template, {
        ...valuesOf(asker, "text/html"),
        box: errorBox(answer, addressOf(asker)),
      });
}

/** The body of a rule, filled in. It has no box. */
export function ruleBody(asker: Asker, { body, contentType }: ErrorRule): Buffer {
  return fill(body, { ...valuesOf(asker, contentType), box: "" });
}

function fill(template: Template, values: Readonly<Record<Slot, string>>): Buffer {
  return Buffer.concat(
    template.map((piece) => (typeof piece === "string" ? Buffer.from(values[piece]) : piece)),
  );
}

function valuesOf(
  asker: Asker,
  contentType: ContentType,
): Readonly<Record<Exclude<Slot, "box">, string>> {
  const escape = escapes[contentType];
  return {
    rayId: escape(asker.ray.slice(0, 16)),
    clientIp: escape(addressOf(asker)),
    geo: escape(asker.zone?.config.fields.ipCountry ?? unknownCountry),
  };
}

/** The client's address, if it is one: owners put it into scripts and attributes, where escaping alone is not enough. */
function addressOf({ clientAddress }: Asker): string {
  return isIP(clientAddress) === 0 ? "" : clientAddress;
}
