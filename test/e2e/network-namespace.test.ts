// Runs routes.namespaced.ts where there is a black hole, and where routes fail each in its way. Needs root and iproute2.

import { spawnSync } from "node:child_process";

import { afterAll, beforeAll, expect, test } from "vitest";

const script = "fixtures/namespace.sh";
const name = `edgecase-${process.pid}`;

beforeAll(() => {
  const { status, stderr } = spawnSync(script, ["up", name], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
});

afterAll(() => {
  spawnSync(script, ["down", name]);
});

test("a black hole and failing routes are told apart", { timeout: 60_000 }, () => {
  const args = ["exec", name, "npx", "vitest", "run", "--config", "vitest.namespace.config.ts"];

  const { status, stdout } = spawnSync(script, args, { encoding: "utf8" });

  expect(status, stdout).toBe(0);
  expect(stdout).toMatch(/Tests\s.*4 passed/);
});
