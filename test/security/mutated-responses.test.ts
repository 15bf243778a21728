// A valid response, damaged at random: whatever comes of it, the gateway answers or cuts off, in time, and lives on. No more of it is passed
// on as whole than is, nothing to anybody else, and the same bytes are the same failure wherever they are cut.
//
// `npm run fuzz` does the same for as long as one likes: docs/reliability.md.

import { expect, test } from "vitest";

import { startHttp1Scenario } from "../../bench/fuzz/http1-scenario.ts";
import { storm } from "../../bench/fuzz/scenario.ts";

test(
  "damaged responses end in an answer or a cut, never in a crash, a hang, or anything that is not theirs",
  { timeout: 120_000 },
  async () => {
    await using scenario = await startHttp1Scenario();

    const found = await storm(scenario, { runs: 100, seed: Date.now() % 1_000_000_000 });

    expect(found).toBeNull();
  },
);
