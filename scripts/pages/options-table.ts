// The table of options in docs/configuration.md, from the configuration's schema.

import { configSchema } from "../../src/config/schema.ts";
import { table } from "./markdown.ts";

/** As much of JSON Schema as the configuration uses. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly description?: string;
}

const zone = "zones[]";
/** Options whose keys are those of another one, where they stand. */
const keysSaidAt: Readonly<Record<string, string>> = {
  "zones[].monitor": "monitors.<name>",
  "zones[].pools[].monitor": "monitors.<name>",
  "zones[].pools[].origins": "zones[].origins[]",
};
const unitsBySuffix = [
  ["Ms", "milliseconds"],
  ["Bytes", "bytes"],
  ["Seconds", "seconds"],
] as const;

/** A row for every option. */
export function optionsTable(): string {
  return table(
    ["option", "value", "default", "what it does"],
    rowsBelow(configSchema as unknown as Schema, ""),
  );
}

function rowsBelow(schema: Schema, prefix: string): string[][] {
  const named = Object.entries(schema.properties ?? {});
  const patterned = Object.values(schema.patternProperties ?? {}).map((of): [string, Schema] => [
    "<name>",
    of,
  ]);
  return [...named, ...patterned].flatMap(([key, option]) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    // What a zone has in common with the gateway is said once.
    if (prefix === zone && Object.hasOwn(configSchema.properties, key)) {
      return [
        [`\`${path}\``, `as \`${key}\``, `as \`${key}\``, `\`${key}\`, for this zone alone.`],
      ];
    }
    const isRequired = schema.required?.includes(key) === true;
    const row = [
      `\`${path}\``,
      valueOf(option, key),
      isRequired ? "required" : defaultOf(option),
      option.description ?? "",
    ];
    const isOnlyPath = option.type === "object" && option.description === undefined;
    const saidAt = keysSaidAt[path];
    if (saidAt !== undefined) {
      const [name = "", value = "", usual = "", what = ""] = row;
      return [[name, value, usual, `${what} Its keys are those of \`${saidAt}\`.`]];
    }
    return [
      ...(isOnlyPath ? [] : [row]),
      ...rowsBelow(option, path),
      ...rowsBelow(option.items ?? {}, `${path}[]`),
    ];
  });
}

function valueOf(schema: Schema, key: string): string {
  const { anyOf, type = "", items = {}, properties } = schema;
  if (anyOf !== undefined) return anyOf.map((choice) => valueOf(choice, key)).join(" or ");
  if ("const" in schema) return `\`${String(schema.const)}\``;
  if (type === "array")
    return items.type === "object" ? "list" : `list, each ${valueOf(items, "")}`;
  if (typeof type !== "string") return type.join(" or ");
  if (type === "object") {
    return properties === undefined
      ? "map by name"
      : `keys ${Object.keys(properties)
          .map((name) => `\`${name}\``)
          .join(", ")}`;
  }
  const [, unit = type] = unitsBySuffix.find(([suffix]) => key.endsWith(suffix)) ?? [];
  return unit + rangeOf(schema);
}

function rangeOf({ minimum, exclusiveMinimum, maximum }: Schema): string {
  const least = exclusiveMinimum === undefined ? minimum : `above ${exclusiveMinimum}`;
  if (maximum !== undefined) return `, ${least ?? "up"} to ${maximum}`;
  return least === undefined ? "" : `, at least ${least}`;
}

function defaultOf({ default: value }: Schema): string {
  if (value === undefined) return "–";
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}
