// A request's way through the origins of its zone: which one it is at, which ones it has tried, and whether there is a next.

import type { OriginFailure } from "../classify/origin-failure.ts";
import type { Origin } from "../exchange/origin.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { mayGoElsewhere } from "../exchange/may-repeat.ts";
import type { Zone } from "../zone.ts";
import { type Choice, pick, pickAnother, pickBound } from "./pick.ts";
import { troubleOf } from "./standing.ts";
import { boundUnavailable, unavailable } from "./unavailable.ts";

/** One request's way. */
export class Itinerary {
  readonly #zone: Zone;
  readonly #context: ExchangeContext;
  /** Where the client belongs; null if nowhere in particular. */
  #bound: Choice | null = null;
  /** Where the request is, or was last. */
  #choice: Choice | null = null;
  /** It counts among those that the origin has under way. */
  #isThere = false;
  readonly #tried: Origin[] = [];

  constructor(zone: Zone, context: ExchangeContext) {
    this.#zone = zone;
    this.#context = context;
  }

  /** Where the request is, or was last; null before it went anywhere. */
  get origin(): Origin | null {
    return this.#choice?.origin ?? null;
  }

  /** Goes to the client's own origin, or to the one whose turn it is; null if there is none that may serve. */
  begin(): Origin | null {
    const zone = this.#zone;
    const context = this.#context;
    zone.budget.earn();
    this.#bound = zone.affinity?.find(context) ?? null;
    return this.#goTo(
      this.#bound === null ? pick(zone, context) : pickBound(zone, context, this.#bound),
    );
  }

  /** Why there is none to begin with. */
  get unavailable(): OriginFailure {
    const bound = this.#bound;
    return bound !== null && this.#isHeld ? boundUnavailable(bound) : unavailable(this.#zone);
  }

  /** The origin answers: the client may belong to it from now on. Returns the Set-Cookie field that says so, null for none. */
  bind(): string | null {
    const { affinity } = this.#zone;
    const choice = this.#choice;
    if (affinity === null || choice === null) return null;
    return affinity.bind(this.#context, this.#bound, choice);
  }

  /** Goes on to another origin after a failure; null if that is how the request ends. */
  goOn(failure: OriginFailure): Origin | null {
    return this.#goTo(this.#another(failure));
  }

  /** Leaves the origin, which hears how the request ended there. A second call does nothing. */
  leave(failure: OriginFailure | null): void {
    const choice = this.#depart();
    if (choice === null) return;
    const { pool, origin } = choice;
    const certificate = failure?.certificate ?? null;
    if (certificate !== null) origin.standing.sawCertificate(Date.parse(certificate.validTo));
    const trouble = failure === null || failure.phase === "edge" ? null : troubleOf(failure);
    const status = this.#context.originStatus;
    origin.standing.ended({ trouble, status }, () => pool.canSpare(origin));
  }

  /** Leaves the origin because the client has left, which says nothing about the origin. */
  abandon(): void {
    this.#depart();
  }

  /** The client may go to no other origin than its own. */
  get #isHeld(): boolean {
    return this.#bound !== null && this.#zone.affinity?.config.failover === "none";
  }

  #goTo(choice: Choice | null): Origin | null {
    if (choice === null) return null;
    this.#choice = choice;
    this.#isThere = true;
    this.#zone.arrived();
    choice.origin.standing.outstanding += 1;
    return choice.origin;
  }

  #depart(): Choice | null {
    if (this.#choice === null || !this.#isThere) return null;
    this.#isThere = false;
    this.#choice.origin.standing.outstanding -= 1;
    this.#zone.departed();
    return this.#choice;
  }

  /** Only where the origin cannot have acted, or may act twice, and what it was sent is still at hand. */
  #another(failure: OriginFailure): Choice | null {
    const { config, budget, retryCounts } = this.#zone;
    const last = this.#choice;
    if (last === null || this.#isHeld || !config.failover.types.has(failure.type)) return null;
    if (this.#tried.length >= config.failover.retries) return null;
    if (!mayGoElsewhere(this.#context, failure)) return null;
    this.#tried.push(last.origin);
    const next = pickAnother(this.#zone, this.#context, last, this.#tried);
    if (next === null) return null;
    const isGranted = budget.spend();
    retryCounts[isGranted ? "another_origin" : "over_budget"] += 1;
    return isGranted ? next : null;
  }
}
