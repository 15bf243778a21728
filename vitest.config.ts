import { fileURLToPath } from "node:url";

import { defineConfig } from "vitest/config";

export default defineConfig({
  // The examples import the package by its name, as whoever copies them does; here it is not built first.
  // test/e2e/package.test.ts runs some of them on the package as it is packed.
  resolve: {
    alias: {
      "edgecase/testing": fileURLToPath(new URL("src/testing/index.ts", import.meta.url)),
      "edgecase/codes": fileURLToPath(new URL("edge-codes/index.ts", import.meta.url)),
    },
  },
  test: {
    include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
    globalSetup: "test/helpers/own-home.ts",
    testTimeout: 20_000,
    hookTimeout: 30_000,
    pool: "forks",
    // Most tests wait for a deadline or a process: one more of them than there are cores (of two) keeps those busy.
    maxWorkers: 3,
    // Of the tests that may run beside one another, those of the whole zoo, most wait for a deadline.
    maxConcurrency: 12,
    // A worker keeps what it has loaded, the zoo above all: its four hundred files take longer to load than to run.
    isolate: false,
    // Deadlines are part of what is tested, and a shared machine may sleep through one. Twice in a row is a failure.
    retry: process.env["CI"] ? 1 : 0,
    reporters: ["default", "json"],
    outputFile: { json: "coverage/tests.json" },
  },
});
