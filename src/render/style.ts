// The look of the error page: one style sheet, light and dark, from 320 pixels up, nothing loaded from anywhere.

import { createHash } from "node:crypto";

/** The page's whole style sheet. */
export const style = `
:root { color-scheme: light dark; --ground: #f6f4ef; --paper: #fffdf8; --ink: #1d1c1a; --soft: #5a5750; --line: #d9d4c8; --ok: #14663c; --bad: #a8201a; --bad-ground: #fbe9e7; --link: #1d4f91; }
@media (prefers-color-scheme: dark) { :root { --ground: #171614; --paper: #201f1c; --ink: #f1eee6; --soft: #b4afa3; --line: #3b3933; --ok: #7fd6a4; --bad: #ff9d94; --bad-ground: #3a1f1c; --link: #9cc4ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
main, footer { max-width: 52rem; margin: 0 auto; padding: 1.5rem 1rem; }
footer { color: var(--soft); font-size: .875rem; }
h1 { margin: 0 0 .5rem; font-size: clamp(1.5rem, 6vw, 2.25rem); line-height: 1.2; }
h1 .code { display: block; color: var(--bad); font: 700 clamp(3rem, 16vw, 5.5rem)/1 ui-monospace, monospace; letter-spacing: -.03em; }
h2 { margin: 2rem 0 .5rem; font-size: 1.125rem; }
p { margin: .5rem 0; }
.lead { font-size: 1.125rem; }
.soft { color: var(--soft); }
.strip { display: grid; grid-template-columns: repeat(auto-fit, minmax(5.25rem, 1fr)); gap: .5rem; margin: 1.5rem 0; padding: 0; list-style: none; }
.strip li { padding: .6rem .5rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--paper); text-align: center; font-size: .8125rem; }
.strip b { display: block; font-size: .9375rem; }
.strip .mark { display: block; font-size: 1.25rem; line-height: 1.3; color: var(--soft); }
.strip .ok .mark { color: var(--ok); }
.strip .broken { border: 2px solid var(--bad); background: var(--bad-ground); }
.strip .broken .mark, .strip .broken b { color: var(--bad); }
.strip .unreached, .strip .skipped { border-style: dashed; color: var(--soft); }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
th, td { padding: .4rem .5rem; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
th { width: 10rem; color: var(--soft); font-weight: 500; }
td, code, pre { font-family: ui-monospace, monospace; font-size: .875rem; }
pre { margin: .25rem 0 .75rem; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--paper); white-space: pre-wrap; }
li { margin: .25rem 0; }
@media (max-width: 30rem) { th, td { display: block; width: auto; } td { border-top: 0; padding-top: 0; } }
`;

/** The style sheet in a Content-Security-Policy. */
export const styleSource = `'sha256-${createHash("sha256").update(style).digest("base64")}'`;

/** Content-Security-Policy of the page: this style sheet and nothing else. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src ${styleSource}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");
