// The demo's front page: every broken origin with what it does and which code it should give, and the two toggles.

import type { Expectation, Fixture } from "../../fixtures/fixture.ts";
import { codes, profiles } from "../../edge-codes/index.ts";
import type { ErrorSettings } from "../config/gateway-config.ts";
import { html, raw, type Raw } from "../render/escape.ts";
import { style } from "../render/style.ts";

const layers = [
  ["dns", "DNS", "The name does not lead to an address."],
  ["tcp", "TCP", "The address does not lead to a connection, or not to one that lasts."],
  ["tls", "TLS", "The connection does not become a safe one."],
  ["http", "HTTP", "What comes over it is not the answer that was asked for."],
] as const;

/** Where a newcomer learns most in a minute. */
const startHere = [
  "expired",
  "self-signed",
  "wrong-host",
  "plain-http-on-tls-port",
  "refused",
  "accept-queue-full",
  "unroutable",
  "nxdomain",
  "closes-silently",
  "never-answers",
  "postgres",
  "good",
];

/** What the page depends on besides the zoo. */
export interface IndexOptions {
  /** The Host field of the request: its port is every link's. */
  readonly authority: string;
  readonly errors: ErrorSettings;
  /** Null where there is no dashboard. */
  readonly dashboardUrl: string | null;
}

/** The page. */
export function indexPage(
  fixtures: readonly Fixture[],
  { authority, errors, dashboardUrl }: IndexOptions,
): string {
  const port = /:\d+$/.exec(authority)?.[0] ?? "";
  const featured = startHere.flatMap(
    (name) => fixtures.find((fixture) => fixture.name === name) ?? [],
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Edgecase: ${fixtures.length} ways to fail</title>
        <style>${raw(style + indexStyle)}</style>
      </head>
      <body>
        <main>
          <h1>Edgecase</h1>
          <p class="lead">
            A local edge gateway that fails the way a CDN fails. Behind this one stand
            ${fixtures.length} origins, most of them broken, each on a host of its own. Follow a
            link and see which layer broke.
          </p>
          ${dashboardUrl === null ? "" : html`<p><a href="${dashboardUrl}">The dashboard</a> shows every request as it ends.</p>`}
          <section aria-labelledby="toggles">
            <h2 id="toggles">What clients are told</h2>
            <form method="post" action="/">
              ${toggle("codes", ["detailed", "generic"], errors.codes)}
              ${toggle("pages", ["verbose", "sanitized"], errors.pages)}
            </form>
          </section>
          <section aria-labelledby="start">
            <h2 id="start">Start here</h2>
            ${table(featured, port)}
          </section>
          ${layers.map(([phase, name, summary]) =>
            layer(
              name,
              summary,
              fixtures.filter((fixture) => fixture.phase === phase),
              port,
            ),
          )}
        </main>
        <footer>
          <p>
            In a terminal:
            <code>curl -i -H 'Host: expired.localhost' -H 'Accept: text/plain' http://localhost${port}/</code>
          </p>
        </footer>
      </body>
    </html>
`.text;
}

const indexStyle = `
fieldset { display: inline-flex; gap: .5rem; margin: 0 1rem .5rem 0; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .4rem; }
button { padding: .3rem .75rem; border: 1px solid var(--line); border-radius: .3rem; background: var(--paper); color: var(--ink); font: inherit; cursor: pointer; }
button[aria-pressed="true"] { border-color: var(--ink); background: var(--ink); color: var(--paper); }
a { color: var(--link); }
td, th { font-family: inherit; }
th { width: auto; }
`;

function toggle(name: string, values: readonly string[], current: string): Raw {
  return html`<fieldset>
    <legend>${name}</legend>
    ${values.map(
      (value) =>
        html`<button name="${name}" value="${value}" aria-pressed="${String(value === current)}">
          ${value}
        </button>`,
    )}
  </fieldset>`;
}

function layer(name: string, summary: string, fixtures: readonly Fixture[], port: string): Raw {
  return html`<section aria-labelledby="${name}">
    <h2 id="${name}">${name} <span class="soft">(${fixtures.length})</span></h2>
    <p class="soft">${summary}</p>
    ${table(fixtures, port)}
  </section> `;
}

function table(fixtures: readonly Fixture[], port: string): Raw {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Origin</th>
        <th scope="col">What it does</th>
        <th scope="col">Answer</th>
      </tr>
    </thead>
    <tbody>
      ${fixtures.map((fixture) => row(fixture, port))}
    </tbody>
  </table> `;
}

function row({ name, summary, expects, request }: Fixture, port: string): Raw {
  const url = `http://${name}.localhost${port}/`;
  const needs =
    request === undefined
      ? ""
      : html` <span class="soft">Shows with: <code>${describeRequest(request)}</code></span>`;
  return html`<tr>
    <td><a href="${url}">${name}</a></td>
    <td>${summary}${needs}</td>
    <td>${describe(expects)}</td>
  </tr> `;
}

function describeRequest({
  method = "GET",
  headers = [],
  bodyBytes = 0,
  times = 1,
}: NonNullable<Fixture["request"]>): string {
  const parts = [method, ...headers.map(([name, value]) => `${name}: ${value}`)];
  if (bodyBytes > 0) parts.push(`${bodyBytes} bytes of body`);
  if (times > 1) parts.push(`${times} requests on one connection`);
  return parts.join(", ");
}

function describe(expects: Expectation): Raw {
  if ("status" in expects) return html`<strong>${expects.status}</strong>, passed through`;
  const cause =
    expects.reason === undefined ? expects.failure : `${expects.failure} / ${expects.reason}`;
  if (expects.late === true) return html`<strong>cut off</strong>: ${cause}`;
  const code = profiles.cloudflare.codes[expects.failure];
  return html`<strong>${code}</strong> ${codes[code].title}: ${cause}`;
}
