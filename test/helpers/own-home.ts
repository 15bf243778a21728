// The tests' own folder for the local CA: whatever they start, in this process or another, leaves the person's alone.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Called by vitest before the first test file; what it returns, after the last. */
export default function useOwnHome(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "edgecase-test-home-"));
  process.env["EDGECASE_HOME"] = folder;
  return () => rmSync(folder, { recursive: true });
}
