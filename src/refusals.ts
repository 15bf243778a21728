// Requests that never get onto the line: what the parser could not read, and methods that have no route.

import { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

import { edgeFailure } from "./classify/edge-failure.ts";
import { classifyMalformed } from "./classify/classify-request.ts";
import type { OriginFailure } from "./classify/origin-failure.ts";
import type { ExchangeContext } from "./exchange-context.ts";
import { identify } from "./identify/identify.ts";
import { newRayId } from "./identify/ray-id.ts";
import type { Judge } from "./judge.ts";
import { lastUnderWay } from "./listen/client-connections.ts";
import type { ClientRequest } from "./listen/client-request.ts";
import type { ClientResponse } from "./listen/client-response.ts";
import { Http1Response } from "./listen/http1-response.ts";
import { isLingering } from "./listen/linger.ts";
import type { Recorder } from "./record/recorder.ts";
import { respond, respondOnSocket } from "./render/respond.ts";
import type { InForce } from "./reload/in-force.ts";

/** What refusing takes. */
export interface RefusalParts {
  readonly inForce: Pick<InForce, "edition">;
  readonly judge: Judge;
  readonly recorder: Recorder;
  /** Ends a response whose head has left. */
  readonly onBroken: (context: ExchangeContext, failure: OriginFailure) => void;
}

/** Answers, and records, what no route can. */
export class Refusals {
  readonly #parts: RefusalParts;

  constructor(parts: RefusalParts) {
    this.#parts = parts;
  }

  /** What the parser could not read has no request, but an answer, a ray id and a line in the log all the same. */
  malformed(code: string | undefined, socket: Socket, head?: IncomingMessage): void {
    // A connection that breaks is no malformed request; browsers open some only to have them at hand.
    const hasLeft = code === "ECONNRESET" || code === "HPE_INVALID_EOF_STATE";
    if (hasLeft || socket.bytesRead === 0 || !socket.writable) {
      socket.destroy();
      return;
    }
    if (isLingering(socket)) return; // It has its last answer.
    const { judge, recorder, inForce } = this.#parts;
    const failure = classifyMalformed(code);
    const current = lastUnderWay(socket);
    if (current !== null) return this.#current(current, failure);
    const req = head ?? new IncomingMessage(socket);
    const context = this.#identify(req, new Http1Response(req));
    if (head !== undefined) context.zone = inForce.edition.router.find(context.host);
    respondOnSocket(context, failure, judge.judge(context, failure), socket);
    return recorder.record(context);
  }

  /** A method that HTTP/2 lets through and HTTP/1.1's parser does not: the same answer, then. */
  method(req: ClientRequest, res: ClientResponse): void {
    const { judge, recorder, inForce } = this.#parts;
    const context = this.#identify(req, res);
    const failure = classifyMalformed(req.method === "CONNECT" ? "CONNECT" : "HPE_INVALID_METHOD");
    context.zone = inForce.edition.router.find(context.host);
    res.once("finish", () => recorder.record(context));
    respond(context, failure, judge.judge(context, failure));
  }

  /** The gateway ends before the request does: its client is told so, if it has been told nothing else. */
  cutOff(context: ExchangeContext): void {
    const { res, origin, originIp, isAnswered, isRecorded } = context;
    if (isAnswered || isRecorded) return; // Only the rest of the request is still to come.
    const detail =
      origin === ""
        ? "the gateway ended before the request"
        : `the gateway ended before ${origin} had answered it all`;
    const failure = {
      ...edgeFailure("proxy_internal_response", detail),
      reason: "shutting_down",
      requestSent: originIp !== "",
      responseStarted: res.headersSent,
    };
    context.exchange?.destroy();
    if (res.headersSent) return this.#parts.onBroken(context, failure);
    context.originStatus = 0;
    respond(context, failure, this.#parts.judge.judge(context, failure));
  }

  /** What cannot be read is the body of the request under way, or comes behind it: then that one has its answer first. */
  #current(context: ExchangeContext, failure: OriginFailure): void {
    const { judge, recorder, onBroken } = this.#parts;
    const { req, res, exchange, requestBytes } = context;
    if (req.complete) return res.closeAfter();
    exchange?.destroy();
    const broken = { ...failure, requestSent: requestBytes > 0, responseStarted: res.headersSent };
    if (res.headersSent) return onBroken(context, broken);
    context.originStatus = 0;
    respond(context, broken, judge.judge(context, broken));
    return recorder.record(context); // The end of the request, which linger waits for, will not come.
  }

  #identify(req: ClientRequest, res: ClientResponse): ExchangeContext {
    const { colo, trustedProxies } = this.#parts.inForce.edition.config;
    return identify(req, res, newRayId(colo), trustedProxies);
  }
}
