// Visitors: asks every zone of a configuration for its front page, at a steady pace, so that there is something to see.
// node load.mjs --to http://edgecase:8080 --config edgecase.json [--rate 25, requests a second] [--rounds 1, else for ever]
// Where answers take long, it waits for them: there are never more than fifty requests under way.

import { readFileSync } from "node:fs";
import { request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";

const { to, config, rate, rounds } = parseArgs({
  options: {
    to: { type: "string" },
    config: { type: "string" },
    rate: { type: "string", default: "25" },
    rounds: { type: "string", default: "Infinity" },
  },
}).values;

/** Longer than any answer of a gateway with the demo's deadlines takes. */
const longestMs = 30_000;

/** Resolves when the answer has ended, however it ended: most of the origins are there to fail. */
function visit(host) {
  return new Promise((resolve) => {
    const req = request(to, { headers: { host }, agent: false, timeout: longestMs });
    req.on("response", (res) => res.on("error", () => {}).resume());
    req.on("timeout", () => req.destroy());
    req.on("error", () => {});
    req.on("close", resolve).end();
  });
}

const mostUnderWay = 50;
const underWay = new Set();
for (let round = 0; round < Number(rounds); round += 1) {
  // Read anew each time: the zoo may have been started again.
  const { zones } = JSON.parse(readFileSync(config, "utf8"));
  for (const { hosts } of zones) {
    const visiting = visit(hosts[0]).finally(() => underWay.delete(visiting));
    underWay.add(visiting);
    // oxlint-disable-next-line no-await-in-loop -- None can be begun.
    if (underWay.size >= mostUnderWay) await Promise.race(underWay);
    // oxlint-disable-next-line no-await-in-loop -- That is the pace.
    await wait(1000 / Number(rate));
  }
}
await Promise.all(underWay);
