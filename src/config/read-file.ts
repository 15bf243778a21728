// From a file's text to a checked ConfigFile: YAML or JSON in, every problem with its line out.

import { readFileSync } from "node:fs";

import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument, visit } from "yaml";

import { checkConfig, type ReadConfig } from "./check-config.ts";
import { ConfigError } from "./config-error.ts";

/** Reads and checks a configuration file (YAML; JSON is a part of it). Throws {@link ConfigError}. */
export function readConfigFile(file: string): ReadConfig {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError(file, [
      {
        path: "",
        rule: `cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown error"}`,
      },
    ]);
  }
  return parseConfig(text, file);
}

/** Checks the text of a configuration. Throws {@link ConfigError} with every problem found. */
export function parseConfig(text: string, file: string | null): ReadConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    throw new ConfigError(
      file,
      document.errors.map((error) => ({
        path: "",
        rule: firstLine(error.message),
        line: lines.linePos(error.pos[0]).line,
      })),
    );
  }

  const value = toPlain(document, lines, file);
  const lineOf = (path: readonly (string | number)[]): number | undefined => {
    const offset = offsetOf(document.contents, path);
    return offset === undefined ? undefined : lines.linePos(offset).line;
  };
  return { config: checkConfig(value, file, lineOf), lineOf };
}

/** The document as plain values. Aliases are resolved here: of nothing, or beyond all measure, they are an error. */
function toPlain(document: Document, lines: LineCounter, file: string | null): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    const rule = `has an alias that cannot be resolved: ${(error as Error).message}`;
    const { line } = lines.linePos(firstAlias(document));
    throw new ConfigError(file, [{ path: "", rule, line }]);
  }
}

/** Where the first alias stands that is of nothing, or else the first of all. */
function firstAlias(document: Document): number {
  let first: number | undefined;
  let ofNothing: number | undefined;
  visit(document, {
    Alias(_key, alias) {
      first ??= alias.range?.[0];
      if (alias.resolve(document) === undefined) ofNothing ??= alias.range?.[0];
    },
  });
  return ofNothing ?? first ?? 0;
}

/** Where a path stands in the text: its key if it has one, else its value, else the nearest parent's. */
function offsetOf(contents: unknown, path: readonly (string | number)[]): number | undefined {
  let node = contents as Node | null;
  let offset = node?.range?.[0];
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isScalar(item.key) && String(item.key.value) === String(step),
      );
      if (pair === undefined) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value as Node | null;
    } else {
      const items = (node as { items?: (Node | null)[] } | null)?.items;
      node = typeof step === "number" ? (items?.[step] ?? null) : null;
      offset = node?.range?.[0] ?? offset;
    }
  }
  return offset;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text;
}
