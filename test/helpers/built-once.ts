// What is built of the sources as they are now: made when a test first needs it, and kept, by what the sources are, so that it is
// never out of date, a change of the sources disturbs nobody who runs, and nobody's dist/ is touched.

import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Below node_modules, where what is built finds its packages. */
const cache = join(root, "node_modules/.cache/edgecase");

/** What a build takes. */
export const sources = [
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "vite.config.ts",
  "src",
  "edge-codes",
  "fixtures",
  "dashboard",
  "scripts",
  "LICENSE",
  "README.md",
  "CHANGELOG.md",
];

/** No run of the tests takes as long: what was last asked for before that is in use by nobody. */
const unusedMs = 2 * 3_600_000;

const known = new Map<string, string>();

/**
 * The folder of something that is built. If it is not there yet, or the sources have changed since, `build` is given an
 * empty folder to fill; when two processes do so at the same time, one of them does it for nothing.
 */
export function builtOnce(name: string, build: (folder: string) => void): string {
  const before = known.get(name);
  if (before !== undefined) return before;
  const ofSources = join(cache, fingerprint());
  const folder = join(ofSources, name);
  if (!existsSync(folder)) {
    mkdirSync(ofSources, { recursive: true });
    forgetOthers();
    const unfinished = mkdtempSync(join(ofSources, `${name}-`));
    build(unfinished);
    moveTo(folder, unfinished);
  }
  utimesSync(ofSources, new Date(), new Date());
  known.set(name, folder);
  return folder;
}

/** Tells contents of the sources from others. */
function fingerprint(): string {
  const hash = createHash("sha256");
  for (const name of sources.flatMap(filesOf))
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(root, name)))
      .update("\0");
  return hash.digest("hex").slice(0, 16);
}

function filesOf(name: string): string[] {
  if (statSync(join(root, name)).isFile()) return [name];
  return readdirSync(join(root, name), { recursive: true, encoding: "utf8" })
    .map((file) => join(name, file))
    .filter((file) => statSync(join(root, file)).isFile())
    .toSorted();
}

function moveTo(folder: string, unfinished: string): void {
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(unfinished, { recursive: true }); // Another process was first.
  }
}

function forgetOthers(): void {
  for (const name of readdirSync(cache)) {
    const folder = join(cache, name);
    const usedAt = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Infinity; // Somebody else may forget it, too.
    if (Date.now() - usedAt > unusedMs) rmSync(folder, { recursive: true, force: true });
  }
}
