// What a CDN looks at before it takes a site owner's error page, and what it takes without a word although it is hardly meant.

import { isUtf8 } from "node:buffer";

import { closest } from "fastest-levenshtein";

import { type PageClass, requiredToken, findTokens, slotOf, tokens } from "./template.ts";

/** What is wrong with a page or body. */
export interface Finding {
  readonly rule: string;
  readonly found?: string;
  readonly nearest?: string;
  /** A CDN would take it all the same: it is told, and nothing is refused. */
  readonly isWarning: boolean;
}

/** Bytes of an error page or of a file in a rule. @see Cloudflare docs, Custom errors: 1.5 MB, in its API 1,500,000 */
export const mostFileBytes = 1_500_000;

/** Bytes of a body that stands in the configuration. @see Cloudflare API, serve_error: `maxLength` 10,240 */
export const mostInlineBytes = 10_240;

/** A meta element named referrer, however it is quoted; Cloudflare docs: it may stop challenges from working. */
const referrerMeta = /<meta\b[^>]*\bname\s*=\s*["']?referrer\b/i;

/** What a browser would load from elsewhere. A CDN fetches it once, at upload, and puts it into the page. */
const asset =
  /<(?:script|img|link|iframe|source)\b[^>]*\b(?:src|href)\s*=\s*["']?((?:https?:)?\/\/[^"'\s>]+)/gi;

/** Checks the error page of a class. @see Cloudflare docs, Custom errors, Error Pages, Troubleshooting */
export function checkErrorPage(bytes: Buffer, pageClass: PageClass): Finding[] {
  const unreadable = checkBody(bytes);
  if (unreadable.length > 0) return unreadable;
  const text = bytes.toString();
  const findings: Finding[] = [];
  for (const element of ["<head>", "</head>"])
    if (!text.toLowerCase().includes(element)) findings.push(problem(`must contain ${element}`));
  if (referrerMeta.test(text)) findings.push(problem("must not contain a referrer meta element"));
  const required = `::${requiredToken[pageClass]}::`;
  if (!text.includes(required)) findings.push(problem(`must contain ${required}`));
  return [...findings, ...checkTokens(text, pageClass), ...checkAssets(text)];
}

/** Checks what every body must be: text, and not nothing. */
export function checkBody(bytes: Buffer): Finding[] {
  if (!isUtf8(bytes)) return [problem("must be UTF-8")];
  return /[^\s\ufeff]/.test(bytes.toString()) ? [] : [problem("must not be blank")];
}

/** What looks like a token and would be shown as it stands. */
export function checkTokens(text: string, place: PageClass | "rule"): Finding[] {
  const told = new Set<string>();
  const findings: Finding[] = [];
  for (const { name, index } of findTokens(text)) {
    const isMeant = name === name.toUpperCase() || Object.hasOwn(tokens, name.toUpperCase());
    if (slotOf(name, place) !== null || !isMeant || told.has(name)) continue;
    told.add(name);
    const line = text.slice(0, index).split("\n").length;
    const scope = Object.hasOwn(tokens, name) ? tokens[name]?.scope : undefined;
    const found = `::${name}::`;
    findings.push(
      scope === undefined
        ? {
            rule: `line ${line} has an unknown token`,
            found,
            nearest: nearestTo(name, place),
            isWarning: true,
          }
        : {
            rule: `line ${line} has a token of another class (${scope}), which is left as it stands`,
            found,
            isWarning: true,
          },
    );
  }
  return findings;
}

function nearestTo(name: string, place: PageClass | "rule"): string {
  const usable = Object.keys(tokens).filter((token) => slotOf(token, place) !== null);
  return `::${closest(name.toUpperCase(), usable)}::`;
}

/** One warning for all assets: the page works here if the browser can reach them, and would in production if the CDN can. */
function checkAssets(text: string): Finding[] {
  const addresses = [...text.matchAll(asset)].map(([, address = ""]) => address);
  const [first] = addresses;
  if (first === undefined) return [];
  const which = addresses.length === 1 ? "an asset" : `${addresses.length} assets`;
  return [
    {
      rule: `loads ${which} from elsewhere, which a CDN fetches and puts into the page at upload, and Edgecase leaves to the browser`,
      found: first,
      isWarning: true,
    },
  ];
}

function problem(rule: string): Finding {
  return { rule, isWarning: false };
}
