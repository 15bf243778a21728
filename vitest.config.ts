import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    pool: "forks",
    // Gateways and zoos are real: more of them at once than cores would only wait for each other.
    maxWorkers: 2,
    reporters: ["default", "json"],
    outputFile: { json: "coverage/tests.json" },
  },
});
