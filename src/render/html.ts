// Errors for people: one HTML file, no script, no outside request. Everything that is not ours goes through `html`, which escapes.

import type { CodeFacts } from "../../edge-codes/index.ts";
import { html, raw, type Raw } from "./escape.ts";
import type { Answer, AnswerDetail } from "./answer.ts";
import { type Step, type StepState } from "./steps.ts";
import { style } from "./style.ts";

/** Signs as references: a page without a character beyond ASCII takes a third of the time to encode. */
const marks: Readonly<Record<StepState, { sign: Raw; words: string }>> = {
  ok: { sign: raw("&#10003;"), words: "passed" },
  broken: { sign: raw("&#10005;"), words: "broken here" },
  refused: { sign: raw("&#10005;"), words: "refused the request" },
  unreached: { sign: raw("&#183;"), words: "not reached" },
  skipped: { sign: raw("&#8211;"), words: "skipped" },
};

/** The last words of a page for the developer: with whom it lies. */
const blame: Readonly<Record<CodeFacts["culprit"], string>> = {
  client: "The request was refused; no origin is to blame.",
  edge: "The origin sent no response that could be passed on.",
  origin: "The origin sent no response that could be passed on.",
};

/** An answer as a page. */
export function toHtml(answer: Answer): string {
  const { code, rayId, time, detail } = answer;
  const { facts } = code;
  return html`<!doctype html> ${detail === null ? "" : comment(answer, detail)}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <title>${code.code}: ${facts.title}</title>
        <style>${raw(style)}</style>
      </head>
      <body>
        <main>
          <h1><span class="code">${code.code}</span> ${facts.title}</h1>
          ${detail === null ? html`<p class="lead">${facts.visitor}</p>` : page(answer, detail)}
        </main>
        <footer>
          <p>Ray ID: <code>${rayId}</code> &#183; <time datetime="${time}">${time}</time></p>
          ${detail === null ? "" : html`<p>Answered by Edgecase, a local edge gateway. ${blame[facts.culprit]}</p>`}
        </footer>
      </body>
    </html>
`.text;
}

/** The first line of the page, for those who see its source in a terminal. */
function comment({ code }: Answer, { title, failure }: AnswerDetail): Raw {
  const name = failure.reason === null ? failure.type : `${failure.type}/${failure.reason}`;
  return raw(
    `<!-- ${code.code} ${code.facts.title}: ${title} (${name}). In a terminal, try: curl -H 'Accept: text/plain' ... -->\n`,
  );
}

/** All that the developer is told, as it stands on our page and in the box of an owner's. */
export function page(answer: Answer, detail: AnswerDetail): Raw {
  const { notice, title, explanation, steps, evidence, detailedCode, failure } = detail;
  const { facts } = answer.code;
  return html`${notice === null ? "" : html`<p><strong>${notice}</strong></p>`}
    <p class="lead"><strong>${title}.</strong> ${explanation.whatHappened}</p>
    <ol class="strip" aria-label="The way of the request">
      ${steps.map(stripStep)}
    </ol>
    ${detailedCode === null ? "" : html`<p>In detail this is <strong>${detailedCode.code}: ${detailedCode.facts.title}</strong>; generic codes are switched on.</p>`}
    <h2>What there is to see</h2>
    <table>
      <tbody>
        ${evidence.map(
          ([label, value]) =>
            html`<tr>
              <th scope="row">${label}</th>
              <td>${value}</td>
            </tr> `,
        )}
      </tbody>
    </table>
    <h2>Likely causes</h2>
    <ul>
      ${listed(explanation.likelyCauses)}
    </ul>
    <h2>How to check</h2>
    ${explanation.howToCheck.map(
      ({ text, command }) =>
        html`<p>${text}</p>
          ${command === undefined ? "" : html`<pre>${command}</pre> `}`,
    )}
    <h2>How to fix</h2>
    <ul>
      ${listed(explanation.howToFix)}
    </ul>
    <h2>What ${String(answer.code.code)} means</h2>
    <p>${facts.owner}</p>
    <p>${facts.whatToDo}</p>
    <p class="soft">
      ${failure.requestSent ? "The origin may have received the request." : "Nothing of the request was sent to the origin."}
      More: <code>edgecase explain ${failure.reason ?? failure.type}</code>
    </p> `;
}

/** Lists of ours, which never change, as they were written before. */
const written = new WeakMap<readonly string[], Raw>();

function listed(items: readonly string[]): Raw {
  const known = written.get(items);
  if (known !== undefined) return known;
  const list = raw(items.map((item) => html`<li>${item}</li> `.text).join(""));
  written.set(items, list);
  return list;
}

function stripStep({ name, state, note }: Step): Raw {
  const { sign, words } = marks[state];
  return html`<li class="${state === "refused" ? "broken" : state}">
    <span class="mark" aria-hidden="true">${sign}</span><b>${name}</b>
    ${note === words ? words : html`<span>${state === "broken" ? `${words}, ` : ""}${note}</span>`}
  </li> `;
}
