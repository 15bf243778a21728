// What stands in an owner's error page in place of its box token: the error, in plain elements that take on the page's look.
//
// The class names are those of Cloudflare's box, as published pages show it, so that an owner's style sheet finds them.

import type { Answer } from "./answer.ts";
import { html } from "./escape.ts";
import { page } from "./html.ts";

/** The box for an answer. It says what our own page says, no more. */
export function errorBox(answer: Answer, clientAddress: string): string {
  const { code, rayId, time, detail } = answer;
  const { title, visitor } = code.facts;
  return html`<div class="cf-error-details cf-error-${code.code}">
    <h1>${title}</h1>
    ${detail === null ? html`<p>${visitor}</p>` : page(answer, detail)}
    <ul class="cferror_details">
      <li>Ray ID: ${rayId}</li>
      <li>Your IP address: ${clientAddress}</li>
      <li>Error code: ${code.code}</li>
      <li>Time: <time datetime="${time}">${time}</time></li>
    </ul>
  </div>`.text;
}
