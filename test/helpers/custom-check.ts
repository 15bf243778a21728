// Modules of custom checks, written where a monitor can name them.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of modules, gone when disposed of. */
export interface CheckModules extends Disposable {
  /** Writes a module whose default export is this function, and returns its path. */
  write(name: string, source: string): string;
}

/** Makes the folder. */
export function checkModules(): CheckModules {
  const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
  return {
    write(name, source) {
      const file = join(folder, `${name}.mjs`);
      writeFileSync(file, source);
      return file;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
