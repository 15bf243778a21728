// respond: the origin's head leaves, and its content follows, unless the zone has other content for an error.

import type { FastifyReply } from "fastify";

import type { ExchangeContext } from "./exchange-context.ts";
import { hasBody } from "./identify/has-body.ts";
import type { Witness } from "./record/recorder.ts";
import { replacementFor } from "./render/replace.ts";

/** Passes a response on, or what takes its place. `begin` sends its head with further fields, names and values in turn. */
export function passOn(
  context: ExchangeContext,
  reply: FastifyReply,
  begin: (fields: string[]) => void,
  witness: Pick<Witness, "answered"> | undefined,
): void {
  const replacement = context.zone?.replacesErrors === true ? replacementFor(context) : null;
  if (replacement !== null) {
    context.exchange?.replace(replacement);
    reply.hijack();
    return;
  }
  const isWhole = context.req.complete || !hasBody(context.req);
  // A connection whose request was not read to its end cannot carry another.
  begin(isWhole ? ["cf-ray", context.ray] : ["cf-ray", context.ray, "connection", "close"]);
  witness?.answered(context);
  reply.hijack();
}
