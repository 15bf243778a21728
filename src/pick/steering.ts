// Which of several origins that could serve gets a request. Each way is one function of the candidates, in the order of the config.

import { hash } from "node:crypto";

import type { Steering } from "../config/gateway-config.ts";
import type { Origin } from "../exchange/origin.ts";
import type { ExchangeContext } from "../exchange-context.ts";

/** Chooses one of at least one candidate. */
type Way = (candidates: readonly Origin[], context: ExchangeContext) => Origin;

/** Weight times what it has of its share. */
function weightOf({ config, standing }: Origin): number {
  return config.weight * standing.share;
}

/** The first in order; one that is coming back gives way as often as it lacks of its share. */
const first: Way = (candidates) =>
  candidates.find(({ standing }) => standing.share === 1 || Math.random() < standing.share) ??
  (candidates.at(-1) as Origin);

/** Each in its turn, as often as its weight says, evenly spread: whoever has most credit pays for all. */
const roundRobin: Way = (candidates) => {
  let total = 0;
  for (const origin of candidates) {
    const weight = weightOf(origin);
    origin.credit += weight;
    total += weight;
  }
  const chosen = best(candidates, ({ credit }) => credit);
  chosen.credit -= total;
  return chosen;
};

/** The one with the fewest requests under way for its weight. */
const leastOutstanding: Way = (candidates) => {
  // Among equals each in its turn, or the first would get every request of a quiet zone.
  const turn = Math.floor(Math.random() * candidates.length);
  const turned = [...candidates.slice(turn), ...candidates.slice(0, turn)];
  return best(turned, (origin) => -(origin.standing.outstanding + 1) / weightOf(origin));
};

const random: Way = (candidates) => {
  const total = candidates.reduce((sum, origin) => sum + weightOf(origin), 0);
  let left = Math.random() * total;
  return (
    candidates.find((origin) => (left -= weightOf(origin)) < 0) ?? (candidates.at(-1) as Origin)
  );
};

/** The same for the same client, and of the others' clients none moves when an origin comes or goes (rendezvous hashing). */
const byHash: Way = (candidates, { clientAddress }) =>
  best(candidates, (origin) => {
    const word = hash("sha1", `${clientAddress} ${origin.label} ${origin.address}`, "buffer");
    const uniform = (word.readUInt32BE(0) + 0.5) / 2 ** 32;
    return weightOf(origin) / -Math.log(uniform);
  });

function best(candidates: readonly Origin[], scoreOf: (origin: Origin) => number): Origin {
  let chosen = candidates[0] as Origin;
  let most = Number.NEGATIVE_INFINITY;
  for (const origin of candidates) {
    const score = scoreOf(origin);
    if (score > most) [chosen, most] = [origin, score];
  }
  return chosen;
}

/** Every way of steering. */
export const ways: Readonly<Record<Steering, Way>> = {
  first,
  round_robin: roundRobin,
  least_outstanding: leastOutstanding,
  random,
  hash: byHash,
};
