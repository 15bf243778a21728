// The clients of soak.ts that ask for the zoo, in a process of their own: what is hard to read must not make those wait who want the good
// zone. Told by messages when to ask for broken origins and when for those that work; every answer is a message.

import { setTimeout as pause } from "node:timers/promises";

import type { Fixture } from "../fixtures/fixture.ts";
import { fixtures } from "../fixtures/index.ts";
import { field, RawConnection, type RawResponse } from "../test/helpers/raw-client.ts";
import { randomFrom } from "./kills/random.ts";
import type { FaultAnswer } from "./soak/fault-answer.ts";

/** What soak.ts tells. */
export type FaultOrder =
  | {
      readonly port: number;
      readonly perSecond: number;
      readonly seed: number;
      /** Those that have a zone. */
      readonly names: readonly string[];
    }
  | { readonly isStormy: boolean }
  | "end";

/** Longer than any answer of the zoo takes, in milliseconds. */
const longestMs = 60_000;
const tickMs = 20;

/** What soak.ts wants at the moment. */
const wanted = { isStormy: false, isEnd: false };

process.on("message", (order: FaultOrder) => {
  if (order === "end") wanted.isEnd = true;
  else if ("isStormy" in order) wanted.isStormy = order.isStormy;
  else void run(order).then(() => process.disconnect());
});
process.send?.("ready"); // What it takes to be so must not fall into the times that are measured.

/** Asks for one fixture after the other, on schedule. */
async function run(order: Exclude<FaultOrder, string | { isStormy: boolean }>): Promise<void> {
  const known = new Set(order.names);
  const random = randomFrom(order.seed);
  const shuffled = fixtures
    .filter(({ name }) => known.has(name))
    .map((fixture) => [random(), fixture] as const)
    .toSorted(([one], [other]) => one - other)
    .map(([, fixture]) => fixture);
  const queues = {
    calm: shuffled.filter(({ expects }) => isWell(expects)),
    stormy: shuffled.filter(({ expects }) => !isWell(expects)),
  };
  const underWay = new Set<Promise<void>>();
  const begunAt = performance.now();
  for (let asked = 0; !wanted.isEnd; await pause(tickMs)) {
    const due = Math.floor(((performance.now() - begunAt) / 1_000) * order.perSecond);
    for (; asked < due; asked += 1) {
      const queue = wanted.isStormy ? queues.stormy : queues.calm;
      const fixture = queue.shift();
      if (fixture === undefined) return;
      queue.push(fixture);
      const answered = ask(fixture, order.port).finally(() => underWay.delete(answered));
      underWay.add(answered);
    }
  }
  await Promise.all(underWay);
}

/** An origin that works, and answers what such origins answer. */
function isWell(expects: Fixture["expects"]): boolean {
  return "status" in expects && expects.status === 200;
}

/** Sends what the fixture wants to be sent, as often as it wants it, and tells of each answer. */
async function ask(fixture: Fixture, port: number): Promise<void> {
  const {
    method = "GET",
    headers = [],
    bodyBytes = 0,
    times = 1,
    pauseMs = 20,
  } = fixture.request ?? {};
  const host = ["Host", `${fixture.name}.localhost`] as const;
  let connection = new RawConnection(port);
  for (let count = 1; ; count += 1) {
    const response = await connection.request({
      method,
      bodyBytes,
      headers: [host, ...headers],
      capMs: longestMs,
    });
    // What fails at the first try, as a fixture does that has changed for good, has shown its fault.
    const isLast = count === times || response.status >= 400;
    tell(fixture.name, response, isLast);
    if (isLast) return connection.close();
    if (field(response, "connection") === "close" || response.ending !== "complete") {
      connection.close();
      connection = new RawConnection(port);
    }
    await pause(pauseMs);
  }
}

function tell(fixture: string, response: RawResponse, isLast: boolean): void {
  const { status, ending } = response;
  const answer: FaultAnswer = {
    fixture,
    ray: field(response, "cf-ray") ?? "",
    status,
    ending,
    isLast,
  };
  process.send?.(answer);
}
