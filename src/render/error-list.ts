// /cdn-cgi/error: every code, with the way to its page.

import { type CodeFacts, codes } from "../../edge-codes/index.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { toJson } from "../plain-text.ts";
import { html, raw } from "./escape.ts";
import { contentTypes, ownFields } from "./fields.ts";
import { type Format, negotiate } from "./negotiate.ts";
import type { Page } from "./respond.ts";
import { contentSecurityPolicy, style } from "./style.ts";

const all: readonly CodeFacts[] = Object.values(codes);

const linkTo = (code: number): string => `/cdn-cgi/error/${code}`;

const writers: Readonly<Record<Format, () => string>> = {
  html: listHtml,
  problem: listJson,
  json: listJson,
  markdown: () =>
    `# Errors\n\n${all.map(({ code, title }) => `- [${code}: ${title}](${linkTo(code)})\n`).join("")}`,
  text: () => all.map(({ code, title }) => `${linkTo(code)}  ${title}\n`).join(""),
};

/** The list, in the form that the client likes best. */
export function errorListPage({ req, ray }: ExchangeContext): Page {
  const wanted = negotiate(req.headers.accept);
  const format = wanted === "problem" ? "json" : wanted; // It is no problem.
  const body = Buffer.from(writers[format]());
  const fields = ownFields(ray, contentTypes[format], body.length);
  if (format === "html") fields.push("content-security-policy", contentSecurityPolicy);
  return { status: 200, reason: "OK", fields, body };
}

function listJson(): string {
  const list = all.map(({ code, status, title }) => ({ code, status, title, page: linkTo(code) }));
  return `${toJson({ errors: list }, 2)}\n`;
}

function listHtml(): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <title>Errors of this edge</title>
        <style>${raw(style)}</style>
      </head>
      <body>
        <main>
          <h1>Errors of this edge</h1>
          <p class="lead">Each page as a client would see it, without anything having failed.</p>
          <table>
            <tbody>
              ${all.map(
                ({ code, title }) =>
                  html`<tr>
                    <th scope="row"><a href="${linkTo(code)}">${code}</a></th>
                    <td>${title}</td>
                    <td><a href="${linkTo(code)}?pages=verbose">verbose</a></td>
                    <td><a href="${linkTo(code)}?pages=sanitized">sanitized</a></td>
                  </tr> `,
              )}
            </tbody>
          </table>
        </main>
      </body>
    </html>
`.text;
}
