// Some responses of HTTP/2 at the same time, over one connection as far as they do others no harm but what HTTP/2 allows; then each
// damaged one twice by itself, cut in different places.

import { type Http2Plan, http2Plans, isForCompany, renderHttp2 } from "./http2-plan.ts";
import { type Http2Origin, startHttp2Origin } from "./http2-origin.ts";
import { promisedByHttp2 } from "./http2-promise.ts";
import {
  checkContent,
  checkEnding,
  checkMarkers,
  checkNotWaitedFor,
  checkStable,
  clientLeft,
  isWaitedFor,
  verdictOf,
} from "./judge.ts";
import { newMarker } from "./plan.ts";
import type { Scenario } from "./scenario.ts";
import { hostOf, mostLanes, type Outcome, type Siege, startSiege } from "./siege.ts";

/** Starts what it takes. */
export async function startHttp2Scenario(): Promise<Scenario<Http2Plan>> {
  const origin = await startHttp2Origin();
  const siege = await startSiege(origin, { h2c: true });
  return {
    figures: siege.figures,
    plans: http2Plans,
    lanes: mostLanes,
    run: (plans, lane) =>
      runAll(plans.map((plan, index) => new Play({ siege, origin, plan, lane, index }))),
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
  readonly origin: Http2Origin;
  readonly plan: Http2Plan;
  readonly lane: number;
  /** Its place among those at the same time. */
  readonly index: number;
}

/** A plan with a marker of its own. */
class Play {
  readonly #marker = newMarker();
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Over a connection that carries others at the same time. */
  async besideOthers(): Promise<void> {
    const { siege, plan, lane } = this.#stage;
    const { figures } = siege;
    if (!isForCompany(plan)) return;
    const outcome = await this.#ask(hostOf("kept", lane), "kept", plan.cuts);
    if (!plan.isGood) return;
    figures.good += 1;
    if (outcome.line["failure"] !== null) figures.lost += 1;
  }

  /** Over a connection of its own. */
  async alone(): Promise<void> {
    const { siege, origin, plan, lane, index } = this.#stage;
    const { figures } = siege;
    const { isGood, ending, cuts, otherCuts } = plan;
    const zone = ending === "stays" ? "silent" : "fresh";
    const host = (which: number): string => hostOf(zone, lane, index * 2 + which);
    let one = await this.#ask(host(0), "one", cuts);
    if (isGood && one.line["failure"] !== null)
      throw new Error(`a good response was ${verdictOf(one)}`);
    if (!isGood) figures.judged(verdictOf(one), one.tookMs);
    // What a reset overtakes on its way is chance.
    if (!isGood && ending !== "resets") {
      let other = await this.#ask(host(1), "other", otherCuts);
      if (isWaitedFor(one) !== isWaitedFor(other)) {
        one = await this.#ask(host(0), "one", cuts);
        other = await this.#ask(host(1), "other", otherCuts);
      }
      // A connection that somebody had before is not always the same.
      if (isComparable(one) && isComparable(other)) {
        checkStable(one, other, isPassedOn);
        figures.compared += 1;
      }
    }
    origin.forget(this.#marker);
  }

  /** Rejects if a rule is broken that every response has to keep. */
  async #ask(host: string, tag: string, cuts: readonly number[]): Promise<Outcome> {
    const { siege, origin, plan } = this.#stage;
    const marker = this.#marker;
    /** Of a request that was sent twice, since the origin did nothing with it, either may be what was passed on. */
    const promises: (ReturnType<typeof promisedByHttp2> | undefined)[] = [];
    origin.expect(marker, tag, ({ id, isFirst }) => {
      const bytes = renderHttp2(plan, { id, marker, isFirst });
      // What comes first has come before, if this is not the first.
      const settled = isFirst ? bytes : Buffer.concat([settledConnection, bytes]);
      promises.push(promisedByHttp2(settled, id));
      return { bytes, cuts, ending: plan.ending };
    });
    const outcome = await siege.ask(host, marker, tag);
    checkEnding(outcome);
    checkMarkers(outcome);
    if (tag !== "kept" && plan.ending !== "stays") checkNotWaitedFor(outcome);
    checkContent(outcome, promises.at(-1) ?? null);
    return outcome;
  }
}

/** Whether an outcome would be the same again: who has all that was announced may leave before a fault behind it comes. */
function isComparable({ line }: Outcome): boolean {
  return line["reused"] === false && line["status"] !== clientLeft;
}

/**
 * Whether the response was passed on as whole. Not more is compared: node:http2 reads all that came at once before it tells of any of it, so
 * that of a fault and a reset, GOAWAY or end behind it either may be told of first.
 */
function isPassedOn({ line }: Outcome): string {
  return line["failure"] === null ? "passed on" : "refused";
}

/** An empty SETTINGS frame. */
const settledConnection = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
