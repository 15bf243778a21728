// Builds the dashboard into dist/dashboard, from where the admin port serves it: files of its own, nothing inline, nothing from elsewhere.

import { defineConfig } from "vite";

export default defineConfig({
  root: "dashboard",
  // Relative, so that it works below a path of another server too.
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../dist/dashboard",
    emptyOutDir: true,
    target: ["chrome111", "firefox114", "safari16.4"],
    // Everything is a file: the policy of the page allows no data but small pictures.
    assetsInlineLimit: 0,
    // The bundle is one file: there is nothing to load ahead of it.
    modulePreload: false,
    reportCompressedSize: false,
  },
});
