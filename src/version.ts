// The package's version, read from package.json, which lies beside the sources and one folder above the build.

import { readFileSync } from "node:fs";

/** Reads the nearest package.json above this file. */
function readVersion(): string {
  for (const above of ["../package.json", "../../package.json"]) {
    try {
      return (
        JSON.parse(readFileSync(new URL(above, import.meta.url), "utf8")) as { version: string }
      ).version;
    } catch {
      // Not here: one folder further up.
    }
  }
  return "0.0.0";
}

/** The version of Edgecase. */
export const version = readVersion();
