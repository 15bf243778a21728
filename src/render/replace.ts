// An origin's own error, for which the zone has other content: a rule's, or a page of the edge.

import { type Code, codes } from "../../edge-codes/index.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { isInsider } from "../identify/insider.ts";
import { type Answer, bareAnswer } from "./answer.ts";
import { ruleBody } from "./custom-page.ts";
import { fieldsUnder, ruleFor, statusUnder } from "./error-rules.ts";
import { send, write } from "./respond.ts";

/** The head of the origin's response: `fields` are names and values in turn. */
export interface OriginHead {
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly string[];
}

/** Writes what the client gets instead, given the head of the origin's response. */
export type Replacement = (head: OriginHead) => void;

/** Statuses of an origin that a CDN takes for its own. @see Cloudflare docs, Error 502 and 504 */
const replaceable: ReadonlySet<number> = new Set<Code>([502, 504]);

/** The smallest status that a rule may be for. */
const firstError = 400;

/** What to send in place of the origin's response; null if the client is to have that. */
export function replacementFor(context: ExchangeContext): Replacement | null {
  const { zone, originStatus } = context;
  if (zone === null || originStatus < firstError) return null;
  const rule = ruleFor(zone, originStatus);
  if (rule !== null) {
    return (head) => {
      const body = ruleBody(context, rule);
      const fields = [...fieldsUnder(rule, head.fields, body.length), "cf-ray", context.ray];
      write(context, { ...statusUnder(rule, context, head), fields, body });
    };
  }
  if (!zone.config.replacesOriginErrors || !replaceable.has(originStatus)) return null;
  return () => sendOwnError(context, originStatus as Code);
}

/** The page of the edge has the fields of the edge, too: nothing of the origin's response is left but its status. */
function sendOwnError(context: ExchangeContext, status: Code): void {
  const facts = codes[status];
  const errors = context.zone?.errors;
  const isVerbose =
    errors !== undefined && (errors.pages === "verbose" || isInsider(context, errors));
  const visitor = `The origin itself answered ${status}. Its own page is not shown, because originErrorPages is "replace" in this zone's configuration.`;
  const answer: Answer = bareAnswer(context, {
    code: status,
    status,
    facts: isVerbose ? { ...facts, visitor } : facts,
  });
  // RFC 9209 §2.1.4: no error of the edge's, but a status that it received.
  send(context, answer, {
    fields: isVerbose ? ["proxy-status", `edgecase; received-status=${status}`] : [],
  });
}
