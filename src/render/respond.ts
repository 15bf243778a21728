// The last step of a failed request: the answer is written. Only this folder writes a body of ours.

import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

import type { OriginFailure } from "../classify/origin-failure.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { hasBody } from "../identify/has-body.ts";
import { linger, lingerOnSocket } from "../listen/linger.ts";
import type { Told } from "../map/codes-for.ts";
import { type Answer, answerFor, type Story } from "./answer.ts";
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

/** An answer as it goes out. */
export interface Page {
  readonly status: number;
  readonly reason: string;
  /** Names and values in turn. */
  readonly fields: string[];
  readonly body: Buffer;
}

/** Answers a request whose response has not begun. `story` is what the page tells, where that is not the request's own. */
export function respond(
  context: ExchangeContext,
  failure: OriginFailure,
  told: Told,
  story: Story = context,
): void {
  writePage(context, compose(story, failure, told, context.req.headers.accept));
}

/** Answers on the bare connection: its request could not be read, or is for no site. Then the connection closes. */
export function respondOnSocket(
  context: ExchangeContext,
  failure: OriginFailure,
  told: Told,
  socket: Socket,
): void {
  const { status, reason, fields, body } = compose(
    context,
    failure,
    told,
    context.req.headers.accept,
  );
  const lines = [`HTTP/1.1 ${status} ${reason}`];
  for (let index = 0; index + 1 < fields.length; index += 2)
    lines.push(`${fields[index] ?? ""}: ${fields[index + 1] ?? ""}`);
  context.res.statusCode = status;
  context.responseBytes = body.length;
  socket.write(`${lines.join("\r\n")}\r\nconnection: close\r\n\r\n`);
  socket.end(body);
  lingerOnSocket(socket);
}

/** Writes a page of ours, whole, and ends the response once the client can have read it. */
export function writePage(context: ExchangeContext, { status, reason, fields, body }: Page): void {
  const { req, res } = context;
  // RFC 9112 §9.6: a connection on which a request was left unread cannot carry another one. Whether it was is nobody's
  // business, so every request with a body has the same answer.
  const isLast = hasBody(req) ? ["connection", "close"] : [];
  res.sendHead(status, reason, [...fields, ...isLast]);
  context.responseBytes = req.method === "HEAD" ? 0 : body.length;
  res.write(body);
  linger(context);
}

function compose(
  story: Story,
  failure: OriginFailure,
  { told, detailed, isVerbose }: Told,
  accept: string | undefined,
): Page {
  const answer = answerFor(story, failure, { told, detailed }, isVerbose);
  const format = negotiate(accept);
  const body = Buffer.from(writers[format](answer));
  const fields = answerFields(story, answer, format, body.length);
  const { allow } = failure.evidence;
  if (allow !== undefined) fields.push("allow", String(allow)); // RFC 9110 §15.5.6: a 405 says what there is.
  return {
    status: told.status,
    reason: STATUS_CODES[told.status] ?? told.facts.title,
    fields,
    body,
  };
}
