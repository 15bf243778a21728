// The last step of a failed request: the answer is written. Only this folder writes a body of ours.

import { STATUS_CODES } from "node:http";

import type { OriginFailure } from "../classify/origin-failure.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { hasBody } from "../identify/has-body.ts";
import { linger } from "../listen/linger.ts";
import type { EdgeCode } from "../map/edge-code.ts";
import { type Answer, answerFor } from "./answer.ts";
import { answerFields } from "./fields.ts";
import { toHtml } from "./html.ts";
import { toProblem } from "./json.ts";
import { type Format, negotiate } from "./negotiate.ts";
import { toMarkdown, toText } from "./text.ts";

const writers: Readonly<Record<Format, (answer: Answer) => string>> = {
  html: toHtml,
  problem: toProblem,
  json: toProblem,
  markdown: toMarkdown,
  text: toText,
};

/** Answers a request whose response has not begun. `told` is the code for the client, `detailed` the profile's. */
export function respond(
  context: ExchangeContext,
  failure: OriginFailure,
  { told, detailed, isVerbose }: { told: EdgeCode; detailed: EdgeCode; isVerbose: boolean },
): void {
  const answer = answerFor(context, failure, { told, detailed }, isVerbose);
  const format = negotiate(context.req.headers.accept);
  const body = Buffer.from(writers[format](answer));
  write(context, told, answerFields(context, answer, format, body.length), body);
}

function write(
  context: ExchangeContext,
  { status, facts }: EdgeCode,
  fields: string[],
  body: Buffer,
): void {
  const { req, res } = context;
  // RFC 9112 §9.6: a connection on which a request was left unread cannot carry another one. Whether it was is nobody's
  // business, so every request with a body has the same answer.
  if (hasBody(req)) fields.push("connection", "close");
  res.sendHead(status, STATUS_CODES[status] ?? facts.title, fields);
  context.responseBytes = req.method === "HEAD" ? 0 : body.length;
  res.write(body);
  linger(context);
}
