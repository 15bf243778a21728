// Errors for terminals and for agents: plain text and Markdown.

import { onOneLine, toJson } from "../plain-text.ts";
import type { Explanation } from "../../edge-codes/index.ts";
import type { Answer, AnswerDetail } from "./answer.ts";
import type { Step, StepState } from "./steps.ts";

const marks: Readonly<Record<StepState, string>> = {
  ok: "ok",
  broken: "FAILED",
  refused: "REFUSED",
  unreached: "-",
  skipped: "-",
};

/** An answer as plain text, no line meant to be parsed. */
export function toText({ code, rayId, time, detail }: Answer): string {
  const lines = [`Error ${code.code}: ${code.facts.title}`, ""];
  if (detail === null) lines.push(code.facts.visitor);
  else lines.push(...textDetail(detail));
  lines.push("", `Ray ID: ${rayId}`, `Time: ${time}`, "");
  return lines.join("\n");
}

function textDetail(detail: AnswerDetail): string[] {
  const { notice, steps, title, explanation, evidence, detailedCode } = detail;
  return [
    ...(notice === null ? [] : [notice, ""]),
    title,
    explanation.whatHappened,
    "",
    strip(steps),
    "",
    ...tableLines(evidence),
    ...(detailedCode === null
      ? []
      : ["", `In detail this is ${detailedCode.code}: ${detailedCode.facts.title}.`]),
    "",
    ...adviceLines(explanation),
  ];
}

/** Labels and values as a table, whose lines are indented. */
export function tableLines(rows: readonly (readonly [label: string, value: string])[]): string[] {
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `  ${onOneLine(label).padEnd(width)}  ${onOneLine(value)}`);
}

/** Causes, checks and fixes; `heading` makes a line of a heading. */
export function adviceLines(
  { likelyCauses, howToCheck, howToFix }: Omit<Explanation, "whatHappened">,
  heading: (words: string) => string = (words) => words,
): string[] {
  return [
    heading("Likely causes"),
    ...likelyCauses.map((cause) => `  - ${cause}`),
    "",
    heading("How to check"),
    ...howToCheck.flatMap(({ text, command }) =>
      command === undefined ? [`  - ${text}`] : [`  - ${text}`, `      ${command}`],
    ),
    "",
    heading("How to fix"),
    ...howToFix.map((fix) => `  - ${fix}`),
  ];
}

/** The strip in one line: `Client ok > Edge ok > DNS ok > TCP FAILED > …`. */
export function strip(steps: readonly Step[]): string {
  return steps
    .map(({ name, state, note }) => `${name} ${state === "ok" ? note : marks[state]}`)
    .join(" > ");
}

/** An answer as Markdown with front matter. @see Cloudflare docs, Error responses, Markdown */
export function toMarkdown(answer: Answer): string {
  const { code, rayId, time, detail } = answer;
  const { facts } = code;
  const front = {
    error_code: code.code,
    error_name: facts.name,
    error_category: facts.category,
    status: code.status,
    ray_id: rayId,
    timestamp: time,
    ...(detail !== null && { zone: toJson(detail.host) }),
    retryable: facts.retryable,
    ...(facts.retryable && { retry_after: facts.retryAfterSeconds }),
    owner_action_required: facts.ownerActionRequired,
  };
  const lines = [
    "---",
    ...Object.entries(front).map(([key, value]) => `${key}: ${String(value)}`),
    "---",
    "",
    `# Error ${code.code}: ${facts.title}`,
    "",
    ...(detail === null || detail.notice === null ? [] : [`**${detail.notice}**`, ""]),
    "## What happened",
    "",
    detail === null ? facts.visitor : `**${detail.title}.** ${detail.explanation.whatHappened}`,
    "",
    ...(detail === null ? [] : markdownDetail(detail)),
    "## What you should do",
    "",
    facts.whatToDo,
    "",
  ];
  return lines.join("\n");
}

function markdownDetail({ steps, evidence, explanation }: AnswerDetail): string[] {
  return [
    steps
      .map(({ name, state }) =>
        state === "broken" || state === "refused"
          ? `**${name} (${marks[state].toLowerCase()})**`
          : name,
      )
      .join(" → "),
    "",
    "| | |",
    "|---|---|",
    ...evidence.map(([label, value]) => `| ${label} | ${inCode(value)} |`),
    "",
    "## Likely causes",
    "",
    ...explanation.likelyCauses.map((cause) => `- ${cause}`),
    "",
    "## How to check",
    "",
    ...explanation.howToCheck.map(({ text, command }) =>
      command === undefined ? `- ${text}` : `- ${text} \`${command}\``,
    ),
    "",
    "## How to fix",
    "",
    ...explanation.howToFix.map((fix) => `- ${fix}`),
    "",
  ];
}

/** Bytes from the wire as a code span: nothing in it may end the span, the cell or the line. */
function inCode(value: string): string {
  return `\`${onOneLine(value).replaceAll("`", "'").replaceAll("|", "¦")}\``;
}
