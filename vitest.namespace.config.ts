// For the suite that runs in a network namespace of its own; test/e2e/network-namespace.test.ts starts it.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/e2e/*.namespaced.ts"], testTimeout: 20_000 },
});
