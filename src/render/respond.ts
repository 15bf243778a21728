// The last step of a failed request: the answer is written. Only this folder writes a body of ours.

import { STATUS_CODES } from "node:http";

import type { OriginFailure } from "../classify/origin-failure.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { hasBody } from "../identify/has-body.ts";
import { linger } from "../listen/linger.ts";
import type { EdgeCode } from "../map/edge-code.ts";
import { type Answer, answerFor } from "./answer.ts";
import { customPage, ruleBody } from "./custom-page.ts";
import { ruleFor, statusUnder } from "./error-rules.ts";
import { answerFields, type BodyForm, errorFields } from "./fields.ts";
import { isGrpc, sendGrpc } from "./grpc.ts";
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

/** A body, and what it is. */
interface Written {
  readonly form: BodyForm;
  readonly body: Buffer;
}

/** Answers a request whose response has not begun. `told` is the code for the client, `detailed` the profile's. */
export function respond(
  context: ExchangeContext,
  failure: OriginFailure,
  { told, detailed, isVerbose }: { told: EdgeCode; detailed: EdgeCode; isVerbose: boolean },
): void {
  send(context, answerFor(context, failure, { told, detailed }, isVerbose));
  linger(context);
}

/** Writes an answer: as a rule of the zone has it, else as the owner's page, else in the form that the client asks for. */
export function send(
  context: ExchangeContext,
  answer: Answer,
  moreFields: readonly string[] = [],
): void {
  if (isGrpc(context))
    return sendGrpc(context, answer, [...errorFields(context, answer), ...moreFields]);
  const { status, facts } = answer.code;
  const own = { status, reason: STATUS_CODES[status] ?? facts.title };
  const rule = ruleFor(context.zone, status);
  const written =
    rule === null
      ? (ownersPage(context, answer) ?? negotiated(context, answer))
      : { form: rule.contentType, body: ruleBody(context, rule) };
  const { form, body } = written;
  const fields = [...answerFields(context, answer, form, body.length), ...moreFields];
  write(context, rule === null ? own : statusUnder(rule, context, own), fields, body);
}

function ownersPage(context: ExchangeContext, answer: Answer): Written | null {
  const body = customPage(context, answer);
  return body === null ? null : { form: "text/html", body };
}

function negotiated(context: ExchangeContext, answer: Answer): Written {
  const format = negotiate(context.req.headers.accept);
  return { form: format, body: Buffer.from(writers[format](answer)) };
}

/** Writes head and body of an answer; who asked for it ends it. */
export function write(
  context: ExchangeContext,
  { status, reason }: { status: number; reason: string },
  fields: string[],
  body: Buffer,
): void {
  const { req, res } = context;
  if (mustClose(context)) fields.push("connection", "close");
  res.sendHead(status, reason, fields);
  context.responseBytes = req.method === "HEAD" ? 0 : body.length;
  res.write(body);
}

/**
 * RFC 9112 §9.6: a connection on which a request was left unread cannot carry another one. Whether it was is nobody's
 * business when an origin failed, so every request with a body has the same answer then.
 */
function mustClose({ req, originStatus }: ExchangeContext): boolean {
  return hasBody(req) && (originStatus === 0 || !req.complete);
}
