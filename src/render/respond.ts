// The last step of a failed request: the answer is written. Only this folder writes a body of ours.

import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

import { isShed } from "../classify/edge-failure.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { hasBody } from "../identify/has-body.ts";
import { linger, lingerOnSocket } from "../listen/linger.ts";
import { upgradeOf } from "../listen/upgrades.ts";
import type { Told } from "../map/codes-for.ts";
import { type Answer, answerFor, type Story } from "./answer.ts";
import type { Asker } from "./asker.ts";
import { customPage, ruleBody } from "./custom-page.ts";
import { ruleFor, statusUnder } from "./error-rules.ts";
import {
  answerFields,
  type BodyForm,
  errorFields,
  type ErrorSource,
  retryFields,
  serverField,
  tellingFields,
} from "./fields.ts";
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

/** An answer as it goes out. */
export interface Page {
  readonly status: number;
  readonly reason: string;
  /** Names and values in turn. */
  readonly fields: readonly string[];
  readonly body: Buffer;
}

/** A body, and what it is. */
interface Written {
  readonly form: BodyForm;
  readonly body: Buffer;
}

/** What an answer has besides itself. */
interface Extras {
  /** Names and values in turn. */
  readonly fields?: readonly string[];
  /** What the page tells, where that is not the request's own way. */
  readonly story?: Story;
}

/** Answers a request whose response has not begun. `story` is what the page tells, where that is not the request's own. */
export function respond(
  context: ExchangeContext,
  failure: OriginFailure,
  told: Told,
  story: Story = context,
): void {
  const fields = fieldsFor(story, failure, told);
  send(context, answerTo(story, failure, told), { fields, story });
  linger(context);
}

/** Answers on the bare connection: its request could not be read, or is for no site. Then the connection closes. */
export function respondOnSocket(
  context: ExchangeContext,
  failure: OriginFailure,
  told: Told,
  socket: Socket,
): void {
  const { status, reason, fields, body } = compose(context, answerTo(context, failure, told), {
    fields: fieldsFor(context, failure, told),
    story: context,
  });
  const lines = [`HTTP/1.1 ${status} ${reason}`];
  for (let index = 0; index + 1 < fields.length; index += 2)
    lines.push(`${fields[index] ?? ""}: ${fields[index + 1] ?? ""}`);
  context.res.statusCode = status;
  context.res.sentFields = fields;
  context.responseBytes = body.length;
  socket.write(`${lines.join("\r\n")}\r\nconnection: close\r\n\r\n`);
  socket.end(body);
  lingerOnSocket(socket);
}

/** Writes an answer; whoever asked for it ends it. A gRPC call gets one that it can read. */
export function send(context: ExchangeContext, answer: Answer, extras: Extras = {}): void {
  const { story = context, fields = [] } = extras;
  if (isGrpc(context)) sendGrpc(context, answer, [...errorFields(story, answer), ...fields]);
  else write(context, compose(context, answer, { fields, story }));
}

/** Writes a page of ours, whole, and ends the response once the client can have read it. */
export function writePage(context: ExchangeContext, page: Page): void {
  write(context, page);
  linger(context);
}

/** Writes head and body of an answer; whoever asked for it ends it. */
export function write(context: ExchangeContext, { status, reason, fields, body }: Page): void {
  const { req, res } = context;
  const isLast = mustClose(context) ? ["connection", "close"] : [];
  res.sendHead(status, reason, [...fields, ...isLast]);
  context.responseBytes = req.method === "HEAD" ? 0 : body.length;
  res.write(body);
}

/** The answer as a rule of the zone has it, else as the owner's page, else in the form that the client asks for. */
export function compose(
  asker: Asker,
  answer: Answer,
  { fields, story }: { fields: readonly string[]; story: ErrorSource },
): Page {
  const { status, facts } = answer.code;
  const own = { status, reason: STATUS_CODES[status] ?? facts.title };
  const rule = ruleFor(asker.zone, status);
  const { form, body }: Written =
    rule === null
      ? (ownersPage(asker, answer) ?? negotiated(asker, answer))
      : { form: rule.contentType, body: ruleBody(asker, rule) };
  return {
    ...(rule === null ? own : statusUnder(rule, asker, own)),
    fields: [...answerFields(story, answer, form, body.length), ...serverField(asker), ...fields],
    body,
  };
}

function ownersPage(asker: Asker, answer: Answer): Written | null {
  const body = customPage(asker, answer);
  return body === null ? null : { form: "text/html", body };
}

function negotiated(asker: Asker, answer: Answer): Written {
  const format = negotiate(asker.req.headers.accept);
  return { form: format, body: Buffer.from(writers[format](answer)) };
}

/** The answer to a request that fails. Who has too much to do makes no long page: it costs as much as a request that is passed on. */
export function answerTo(context: Story, failure: OriginFailure, told: Told): Answer {
  return answerFor(context, failure, told, told.isVerbose && !isShed(failure));
}

/** Fields that go with the failure, whatever the page is like. */
function fieldsFor(context: ErrorSource, failure: OriginFailure, told: Told): string[] {
  const { allow } = failure.evidence;
  if (allow !== undefined) return ["allow", String(allow)]; // RFC 9110 §15.5.6: a 405 says what there is.
  if (failure.type !== "proxy_internal_response") return [];
  if (!told.isVerbose) return retryFields(told.told); // The same for every zone, and no secret of an origin's.
  return isShed(failure) ? tellingFields(failure, context, told.told) : [];
}

/**
 * RFC 9112 §9.6: a connection on which a request was left unread cannot carry another one. Whether it was is nobody's
 * business when an origin failed, so every request with a body has the same answer then.
 */
function mustClose({ req, originStatus }: ExchangeContext): boolean {
  if (upgradeOf(req) !== null) return true;
  return hasBody(req) && (originStatus === 0 || !req.complete);
}
