// The rules of what can be saved, once more and apart from the gateway's own: what a request that was lost could not be saved for.

import { isIdempotent } from "../../src/identify/is-idempotent.ts";
import type { LogLine } from "../../test/helpers/gateway.ts";
import type { OriginProcess } from "../../test/helpers/origin-process.ts";
import type { Answer } from "../../test/helpers/steady-load.ts";
import type { Killer } from "./killer.ts";

/** Why nothing could be done, and what that means. */
export const whys = {
  response_begun: "the client had part of the response",
  not_idempotent: "it was sent, and its method may not be repeated",
  body_gone: "it was sent, and its content was not kept",
  failure_not_retried: "it was sent on a fresh connection, which broke: failover does not retry",
  retry_spent: "the other origin that was tried was down, too",
  over_budget: "the zone's retry budget was spent",
  none_up: "no other origin was up, or had been for long enough to be known",
} as const;

/** One of them. */
export type Why = keyof typeof whys;

/** What the gateway promises; what it learns to do one day is changed here. */
export interface Rules {
  /** Failure types after which another origin is tried. */
  readonly failoverTypes: ReadonlySet<string>;
  /** Other origins that one request may be tried on. */
  readonly retries: number;
  /** Bytes of content that are kept to be sent again. */
  readonly replayBytes: number;
  /** Milliseconds after which an origin that is up again has to be known to be. */
  readonly knownAfterMs: number;
}

/** A request that was lost, as its client and as the log have it. */
export interface Loss {
  readonly answer: Answer;
  readonly line: LogLine;
}

/** Judges losses, one after the other. */
export class Judge {
  readonly #rules: Rules;
  readonly #killer: Killer;
  /** Losses that may still be put down to the budget. */
  #overBudget: number;

  /** `overBudget` is how often the gateway says that a retry would have been over its budget. */
  constructor(rules: Rules, killer: Killer, overBudget: number) {
    this.#rules = rules;
    this.#killer = killer;
    this.#overBudget = overBudget;
  }

  /** Null if the request could have been saved. */
  why(loss: Loss): Why | null {
    const { line, answer } = loss;
    if (line["late"] === true) return "response_begun";
    if (line["failure"] === null) return null; // The log knows nothing of it.
    if (line["failure"] === "destination_unavailable") return this.#whyNowhere(loss);
    if (wasSent(answer)) {
      if (!isIdempotent(answer.method)) return "not_idempotent";
      if ((answer.bodyBytes ?? 0) > this.#rules.replayBytes) return "body_gone";
    }
    if (this.#rules.failoverTypes.has(String(line["failure"]))) return this.#whyNowhere(loss);
    // A kept connection that died has its retry on a fresh one.
    return line["reused"] === false ? "failure_not_retried" : null;
  }

  /** Another origin was called for. */
  #whyNowhere({ answer, line }: Loss): Why | null {
    const { knownAfterMs, retries } = this.#rules;
    const to = answer.sentAt + answer.tookMs;
    const isOther = ({ url }: OriginProcess): boolean => url !== line["origin"];
    const recentlyDown = this.#killer.downBetween(answer.sentAt - knownAfterMs, to);
    const others = this.#killer.origins.filter(isOther);
    if (others.every((origin) => recentlyDown.has(origin))) return "none_up";
    const othersDown = [...this.#killer.downBetween(answer.sentAt, to)].filter(isOther);
    if (Number(line["retries"]) >= retries && othersDown.length >= retries) return "retry_spent";
    if (this.#overBudget === 0) return null;
    this.#overBudget -= 1;
    return "over_budget";
  }
}

/** The page for developers says whether a byte of the request had been written; an answer to HEAD has no page. */
function wasSent({ method, content }: Answer): boolean {
  if (method === "HEAD") return true;
  const { failure } = JSON.parse(content) as { failure?: { request_sent?: boolean } };
  return failure?.request_sent === true;
}
