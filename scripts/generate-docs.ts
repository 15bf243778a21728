// Fills what the docs repeat from the data: README's table of codes, the options in docs/configuration.md, docs/failures.md.
// `npx tsx scripts/generate-docs.ts` writes them; with `--check` it writes nothing and exits 1 if anything is out of date.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import {
  type Code,
  type CodeFacts,
  codes,
  explanations,
  type FailureType,
  failureTypes,
  type ProfileName,
  profiles,
  type ReasonFacts,
  reasons,
} from "../edge-codes/index.ts";
import type { Fixture } from "../fixtures/fixture.ts";
import { fixtures } from "../fixtures/index.ts";
import { configSchema } from "../src/config/schema.ts";

/** As much of JSON Schema as the configuration uses. */
interface Schema {
  readonly type?: string;
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

const root = new URL("../", import.meta.url);
const types = Object.keys(failureTypes) as FailureType[];
const profileNames = Object.keys(profiles) as ProfileName[];
const shipped: ProfileName = "cloudflare";

/** Every file with generated parts, as it should be: path from the repository's root to content. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map(
    [
      ["README.md", fill(read("README.md"), "codes", codesTable())] as const,
      [
        "docs/configuration.md",
        fill(read("docs/configuration.md"), "options", optionsTable()),
      ] as const,
      ["docs/failures.md", failuresPage()] as const,
    ].map(([path, text]) => [path, format(path, text)]),
  );
}

/** The table of codes in README.md. */
export function codesTable(): string {
  const rows = Object.values(codes).map((facts: CodeFacts) => [
    facts.code === facts.status
      ? `\`${facts.code}\``
      : `\`${facts.code}\` (status ${facts.status})`,
    facts.title,
    whenGiven(facts.code as Code),
    retrySafety(facts),
    facts.retryAfterSeconds === null ? "–" : `${facts.retryAfterSeconds} s`,
  ]);
  return table(["code", "title", "when", "safe to retry", "retry-after"], rows);
}

/** The table of options in docs/configuration.md. */
export function optionsTable(): string {
  return table(["option", "value", "default", "what it does"], optionRows(configSchema, ""));
}

/** The whole of docs/failures.md. */
export function failuresPage(): string {
  const working = fixtures.filter((fixture) => "status" in fixture.expects);
  const index = types.map((type) => [
    `[\`${type}\`](#${type})`,
    failureTypes[type].phase,
    ...profileNames.map((name) => String(profiles[name].codes[type])),
  ]);
  return `# Failures

<!-- Generated from edge-codes/ and fixtures/. Do not edit: run \`npx tsx scripts/generate-docs.ts\`. -->

This page is generated from \`edge-codes/\` and \`fixtures/\` by \`scripts/generate-docs.ts\`. It lists every failure type, what is known under it,
the code that each profile gives it, and the origins of the zoo that show it. The types are the proxy error types of RFC 9209 §2.3. Causes, checks and
fixes are in \`edgecase explain <type or reason>\`. A _late_ failure came after the response's head had left: no code can be sent, and the client's
connection is cut.

${table(["type", "phase", ...profileNames.map((name) => `\`${name}\``)], index)}

${types.map(failureSection).join("\n\n")}

## Origins that work

These ${working.length} origins do something odd or legal that gateways get wrong. Their own answer must arrive, and no failure is counted.

${table(
  ["origin", "what it does", "status"],
  working.map((fixture) => [
    `\`${fixture.name}\``,
    describe(fixture),
    "status" in fixture.expects ? String(fixture.expects.status) : "",
  ]),
)}
`;
}

/** Which failure types have the code in the default profile, or else where it comes from. */
function whenGiven(code: Code): string {
  const of = (name: ProfileName): string =>
    types
      .filter((type) => profiles[name].codes[type] === code)
      .map((type) => `\`${type}\``)
      .join(", ");
  if (of(shipped) !== "") return of(shipped);
  const other = profileNames.find((name) => of(name) !== "");
  if (other !== undefined) return `profile \`${other}\` only: ${of(other)}`;
  const carried = Object.values(codes).filter(
    (facts: CodeFacts) => facts.status === code && facts.code !== code,
  );
  return `no failure by itself: the status that carries ${carried.map((facts) => `\`${facts.code}\``).join(", ")}`;
}

/** A failure before HTTP reached no origin; after it, the origin may have acted. */
function retrySafety({ code, retryable }: CodeFacts): string {
  if (!retryable) return "no";
  const given = types.filter((type) =>
    profileNames.slice(0, 1).some((name) => profiles[name].codes[type] === code),
  );
  const mayHaveActed =
    given.length === 0 ||
    given.some((type) => failureTypes[type].phase === "http" || type === "proxy_internal_error");
  return mayHaveActed ? "if the request may be repeated" : "yes";
}

function failureSection(type: FailureType): string {
  const { title, phase, section } = failureTypes[type];
  const known = Object.entries(reasons[type] as Readonly<Record<string, ReasonFacts>>);
  const shown = fixtures.filter(({ expects }) => "failure" in expects && expects.failure === type);
  const codesGiven = profileNames
    .map((name) => `${profiles[name].codes[type]} (\`${name}\`)`)
    .join(", ");
  return `## ${type}

**${title}.** ${explanations[type].whatHappened}

RFC 9209 §${section} · phase \`${phase}\` · ${codesGiven}

${
  known.length === 0
    ? "There are no reasons under this type."
    : table(
        ["reason", "in words", "what happened"],
        known.map(([reason, facts]) => [`\`${reason}\``, facts.title, facts.whatHappened]),
      )
}

${
  shown.length === 0
    ? "No origin of the zoo shows it."
    : table(
        ["origin", "what it does", "expected"],
        shown.map((fixture) => [`\`${fixture.name}\``, describe(fixture), expected(fixture)]),
      )
}`;
}

function describe({ summary, request, needs }: Fixture): string {
  const { method = "GET", headers = [], bodyBytes = 0, times = 1 } = request ?? {};
  const parts = [
    method,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(bodyBytes > 0 ? [`${bodyBytes} bytes of body`] : []),
    ...(times > 1 ? [`${times} requests on one connection`] : []),
  ];
  return `${summary}${request === undefined ? "" : ` Shows with: ${parts.join(", ")}.`}${needs === undefined ? "" : ` Needs: ${needs}.`}`;
}

function expected({ expects }: Fixture): string {
  if ("status" in expects) return String(expects.status);
  const answer =
    expects.late === true ? "late: cut off" : String(profiles[shipped].codes[expects.failure]);
  return expects.reason === undefined ? answer : `${answer}, \`${expects.reason}\``;
}

function optionRows(schema: Schema, prefix: string): string[][] {
  const entries = [
    ...Object.entries(schema.properties ?? {}),
    ...Object.values(schema.patternProperties ?? {}).map((of): [string, Schema] => ["<name>", of]),
  ];
  return entries.flatMap(([key, option]) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    // What a zone has in common with the gateway is written once.
    if (prefix === "zones[]" && configSchema.properties[key as "errors"] !== undefined) {
      return [[`\`${path}\``, `as \`${key}\``, `as \`${key}\``, `\`${key}\` for this zone alone.`]];
    }
    const isRequired = schema.required?.includes(key) === true;
    const own =
      option.description === undefined && option.properties !== undefined
        ? []
        : [
            [
              `\`${path}\``,
              valueOf(option, key),
              isRequired ? "required" : defaultOf(option),
              option.description ?? "",
            ],
          ];
    return [
      ...own,
      ...optionRows(option, path),
      ...(option.items === undefined ? [] : optionRows(option.items, `${path}[]`)),
    ];
  });
}

function valueOf(schema: Schema, key: string): string {
  const { anyOf, type, minimum, exclusiveMinimum, maximum, items } = schema;
  if (anyOf !== undefined) return anyOf.map((choice) => valueOf(choice, key)).join(" or ");
  if ("const" in schema) return `\`${String(schema.const)}\``;
  if (type === "array") return `list of ${valueOf(items ?? {}, "")}s`;
  if (type === "object")
    return schema.properties === undefined
      ? "map"
      : `object${
          anyOf === undefined
            ? ` of ${Object.keys(schema.properties)
                .map((name) => `\`${name}\``)
                .join(", ")}`
            : ""
        }`;
  const least =
    minimum ?? (exclusiveMinimum === undefined ? undefined : `above ${exclusiveMinimum}`);
  const range =
    maximum === undefined
      ? least === undefined
        ? ""
        : `, at least ${least}`
      : `, ${least} to ${maximum}`;
  return `${/Ms$/.test(key) ? "milliseconds" : /Bytes$/.test(key) ? "bytes" : (type ?? "")}${range}`;
}

function defaultOf({ default: value }: Schema): string {
  return value === undefined
    ? "–"
    : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells
      .map((cell) =>
        cell
          .replaceAll("|", String.raw`\|`)
          .replaceAll("<", "&lt;")
          .replaceAll("`&lt;", "`<"),
      )
      .join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

function fill(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`no ${begin} … ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}

function read(path: string): string {
  return readFileSync(new URL(path, root), "utf8");
}

function main(isCheck: boolean): void {
  for (const [path, text] of generatedFiles()) {
    let now = "";
    try {
      now = read(path);
    } catch {
      // Not there yet.
    }
    if (now === text) continue;
    if (isCheck) {
      process.stderr.write(`${path} is out of date: run npx tsx scripts/generate-docs.ts\n`);
      process.exitCode = 1;
    } else {
      writeFileSync(new URL(path, root), text);
      process.stdout.write(`${path} written\n`);
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes("--check"));
