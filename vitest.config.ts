import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/helpers/own-home.ts",
    testTimeout: 20_000,
    hookTimeout: 30_000,
    pool: "forks",
    // Gateways and zoos are real: more of them at once than cores would only wait for each other.
    maxWorkers: 2,
    // A worker keeps what it has loaded, the zoo above all: its four hundred files take longer to load than to run.
    isolate: false,
    // Deadlines are part of what is tested, and a shared machine may sleep through one. Twice in a row is a failure.
    retry: process.env["CI"] ? 1 : 0,
    reporters: ["default", "json"],
    outputFile: { json: "coverage/tests.json" },
  },
});
