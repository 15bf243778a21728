// The joint with @fastify/reply-from: an object of ours stands where it expects undici's, so that it hands us each request
// and we hand it the head; the content then goes from the origin's connection to the client's without a stream between.

import replyFrom, {
  type FastifyReplyFromHooks,
  type FastifyReplyFromOptions,
} from "@fastify/reply-from";
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";

import type { OriginFailure } from "../classify/origin-failure.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import type { Exchange } from "./exchange.ts";

/** What reply-from calls back with: a response whose content it is not to touch. A failure is none to it, or it would make errors. */
export type ReplyFromCallback = (
  error: null,
  response: { statusCode: number; headers: object; body: Exchange },
) => void;

/** Under this key the exchange travels through reply-from, which copies the fields it is given, symbols too. */
const exchangeKey = Symbol("exchange");

/** Stands in for undici: what reply-from asks for is the exchange that the fields bear. */
const dispatcher = {
  request(options: { headers: Record<symbol, Exchange> }, callback: ReplyFromCallback): void {
    options.headers[exchangeKey]?.start(callback);
  },
};

/** Gives the server `reply.from`. */
export function addReplyFrom(app: FastifyInstance): void {
  // Fastify's word for a plugin that gives what it adds to everybody.
  const shared = Object.assign(replyFromAlone, { [Symbol.for("skip-override")]: true });
  void app.register(shared, { undici: dispatcher as never, disableRequestLogging: true });
}

/**
 * reply-from without its part in closing: it would wait a turn for its sockets, by a global that may be fake in a test. It has
 * none, and need not hear of the end.
 */
const replyFromAlone: FastifyPluginCallback<FastifyReplyFromOptions> = (app, options, done) => {
  const closing = app as unknown as { onClose: () => unknown }; // Of avvio, and not among Fastify's types.
  const { onClose } = closing;
  closing.onClose = () => app;
  replyFrom(app, options, done);
  closing.onClose = onClose;
};

/** What the gateway does with reply-from's results. */
export interface ReplyHandlers {
  /** The head is there: call `begin` to let the client have it. */
  onHead(
    context: ExchangeContext,
    reply: FastifyReply,
    begin: (extraFields: readonly string[]) => void,
  ): void;
  onFailed(context: ExchangeContext, reply: FastifyReply, failure: OriginFailure): void;
}

/** Where all requests seem to go; the exchange knows better. Constant, so that reply-from's URL cache always hits. */
const constantBase = "http://origin.invalid";

/** Options for `reply.from`, one object for all requests. reply-from's own retries are off. */
export function replyOptions(handlers: ReplyHandlers): FastifyReplyFromHooks {
  return {
    getUpstream: () => constantBase,
    queryString: () => "",
    retryDelay: () => null,
    rewriteRequestHeaders: (request) =>
      ({ [exchangeKey]: (request as FastifyRequest).exchange.exchange }) as never,
    rewriteHeaders: (headers) => headers,
    onResponse: (request, reply, response) => {
      const exchange = response.stream as unknown as Exchange;
      const context = (request as FastifyRequest).exchange;
      const { failure } = exchange;
      if (failure !== null) handlers.onFailed(context, reply as FastifyReply, failure);
      else handlers.onHead(context, reply as FastifyReply, (fields) => exchange.begin(fields));
    },
  };
}
