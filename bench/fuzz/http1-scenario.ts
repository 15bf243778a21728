// Some responses of HTTP/1.1 at the same time, over connections that are kept; then each damaged one twice by itself, cut in different
// places.

import { type PlannedOrigin, startHttp1Origin } from "./http1-origin.ts";
import { type Http1Plan, http1Plans } from "./http1-plan.ts";
import { promisedByHttp1 } from "./http1-promise.ts";
import {
  checkContent,
  checkEnding,
  checkMarkers,
  checkNotWaitedFor,
  checkStable,
  isWaitedFor,
  verdictOf,
} from "./judge.ts";
import { newMarker, placeholder } from "./plan.ts";
import type { Scenario } from "./scenario.ts";
import { hostOf, mostLanes, type Outcome, type Siege, startSiege, type Zone } from "./siege.ts";

/** Starts what it takes. */
export async function startHttp1Scenario(): Promise<Scenario<Http1Plan>> {
  const origin = await startHttp1Origin();
  const siege = await startSiege(origin);
  return {
    figures: siege.figures,
    plans: http1Plans,
    lanes: mostLanes,
    run: (plans, lane) => runAll(plans.map((plan) => new Play({ siege, origin, plan, lane }))),
    settle: () => siege.settle(),
    [Symbol.asyncDispose]: () => siege[Symbol.asyncDispose](),
  };
}

async function runAll(plays: readonly Play[]): Promise<void> {
  await Promise.all(plays.map((play) => play.besideOthers()));
  await Promise.all(plays.map((play) => play.alone()));
}

interface Stage {
  readonly siege: Siege;
  readonly origin: PlannedOrigin;
  readonly plan: Http1Plan;
  readonly lane: number;
}

/** A plan with a marker of its own. */
class Play {
  readonly #marker = newMarker();
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Over a connection that another request may have had before. */
  async besideOthers(): Promise<void> {
    const { siege, plan } = this.#stage;
    const { figures } = siege;
    const outcome = await this.#ask("kept", "kept", plan.cuts);
    if (!plan.isGood) return figures.judged(verdictOf(outcome), outcome.tookMs);
    figures.good += 1;
    if (outcome.line["failure"] !== null) figures.lost += 1;
  }

  /** Over a connection of its own. */
  async alone(): Promise<void> {
    const { siege, origin, plan } = this.#stage;
    const { isGood, ending, cuts, otherCuts } = plan;
    // What a reset overtakes on its way is chance.
    if (!isGood && ending !== "resets") {
      const zone = ending === "stays" ? "silent" : "fresh";
      const askBoth = (): Promise<[Outcome, Outcome]> =>
        Promise.all([this.#ask(zone, "one", cuts), this.#ask(zone, "other", otherCuts)]);
      let [one, other] = await askBoth();
      if (isWaitedFor(one) !== isWaitedFor(other)) [one, other] = await askBoth();
      checkStable(one, other);
      siege.figures.compared += 1;
    }
    origin.forget(this.#marker);
  }

  /** Rejects if a rule is broken that every response has to keep. */
  async #ask(zone: Zone, tag: string, cuts: readonly number[]): Promise<Outcome> {
    const { siege, origin, plan, lane } = this.#stage;
    const { text, ending } = plan;
    const bytes = text.replaceAll(placeholder, this.#marker);
    origin.expect(this.#marker, tag, { bytes: Buffer.from(bytes, "latin1"), cuts, ending });
    const outcome = await siege.ask(hostOf(zone, lane), this.#marker, tag);
    checkEnding(outcome);
    checkMarkers(outcome);
    if (zone !== "kept" && ending !== "stays") checkNotWaitedFor(outcome);
    checkContent(outcome, promisedByHttp1(bytes, ending));
    return outcome;
  }
}
