// Which files a run of the packed package has loaded, and what of: V8 tells the files, and their source maps what is in them.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What a run has loaded. */
export interface Loaded {
  /** Files, of the package and of others. */
  readonly files: readonly string[];
  /** What of other packages is in these files, by paths such as `fastify/lib/reply.js`. */
  readonly modules: readonly string[];
}

/** Runs something with the environment that it is given, in a process that ends by itself or by SIGTERM. */
export async function loadedBy(
  run: (env: Readonly<Record<string, string>>) => unknown,
): Promise<Loaded> {
  const folder = mkdtempSync(join(tmpdir(), "edgecase-loaded-"));
  try {
    await run({ NODE_V8_COVERAGE: folder });
    const urls = readdirSync(folder).flatMap((name) => scriptsIn(join(folder, name)));
    const files = urls.filter((url) => url.startsWith("file:")).map((url) => fileURLToPath(url));
    return { files, modules: files.flatMap(modulesIn) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function scriptsIn(file: string): string[] {
  const { result } = JSON.parse(readFileSync(file, "utf8")) as { result: { url: string }[] };
  return result.map(({ url }) => url);
}

/** What of other packages a file is made of: its source map says so, or its path. */
export function modulesIn(file: string): string[] {
  return sourcesOf(file).flatMap(
    (source) => /.*node_modules\/(?!edgecase\/)(.+)/.exec(source)?.[1] ?? [],
  );
}

function sourcesOf(file: string): string[] {
  try {
    return (JSON.parse(readFileSync(`${file}.map`, "utf8")) as { sources: string[] }).sources;
  } catch {
    return [file];
  }
}
