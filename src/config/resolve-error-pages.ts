// A zone's own error pages and error rules, read, checked as a CDN checks them at upload, and taken apart.

import type { ErrorRule, ZoneConfig } from "./gateway-config.ts";
import {
  checkBody,
  checkErrorPage,
  checkTokens,
  type Finding,
  mostFileBytes,
  mostInlineBytes,
} from "./check-error-page.ts";
import type { ProblemList, Steps } from "./problem-list.ts";
import type { ZoneFile } from "./schema.ts";
import { type PageClass, parseTemplate, type Template } from "./template.ts";

type RuleFile = NonNullable<ZoneFile["errorRules"]>[number];

/** Completes what the zone written at `steps` says of errors' bodies. */
export function resolveErrorPages(
  steps: Steps,
  zone: ZoneFile,
  problems: ProblemList,
): Pick<ZoneConfig, "errorPages" | "errorRules" | "replacesOriginErrors"> {
  const page = (pageClass: PageClass): Template | null =>
    resolvePage(
      [...steps, "errorPages", pageClass],
      pageClass,
      zone.errorPages?.[pageClass],
      problems,
    );
  return {
    errorPages: { "5xx": page("5xx"), "1xxx": page("1xxx") },
    errorRules: (zone.errorRules ?? []).map((rule, index) =>
      resolveRule([...steps, "errorRules", index], rule, problems),
    ),
    replacesOriginErrors: zone.originErrorPages === "replace",
  };
}

function resolvePage(
  steps: Steps,
  pageClass: PageClass,
  file: string | null | undefined,
  problems: ProblemList,
): Template | null {
  if (file === null || file === undefined) return null;
  const bytes = problems.readBytes(steps, file, mostFileBytes);
  if (bytes === null) return null;
  tell(steps, checkErrorPage(bytes, pageClass), file, problems);
  return parseTemplate(bytes.toString(), pageClass);
}

function resolveRule(steps: Steps, rule: RuleFile, problems: ProblemList): ErrorRule {
  const bytes = bodyOf(steps, rule, problems);
  if (bytes !== null) {
    const at = [...steps, rule.body === undefined ? "file" : "body"];
    const findings = [...checkBody(bytes), ...checkTokens(bytes.toString(), "rule")];
    tell(at, findings, rule.body ?? rule.file ?? "", problems);
  }
  return {
    statuses: new Set(rule.status.flatMap((status) => statusesOf(status))),
    body: parseTemplate(bytes?.toString() ?? "", "rule"),
    contentType: rule.contentType ?? "text/html",
    responseStatus: rule.responseStatus ?? null,
  };
}

function bodyOf(steps: Steps, { body, file }: RuleFile, problems: ProblemList): Buffer | null {
  if ((body === undefined) === (file === undefined)) {
    problems.report(steps, "must have either body or file");
    return null;
  }
  if (file !== undefined) return problems.readBytes([...steps, "file"], file, mostFileBytes);
  const bytes = Buffer.from(body ?? "");
  if (bytes.length <= mostInlineBytes) return bytes;
  problems.report([...steps, "body"], `must have at most ${mostInlineBytes} bytes`, bytes.length);
  return null;
}

/** `4xx` and `5xx` are the hundred statuses that begin so. */
function statusesOf(written: number | "4xx" | "5xx"): number[] {
  if (typeof written === "number") return [written];
  const first = Number(written[0]) * 100;
  return Array.from({ length: 100 }, (_, index) => first + index);
}

function tell(
  steps: Steps,
  findings: readonly Finding[],
  written: string,
  problems: ProblemList,
): void {
  for (const { rule, found = written, nearest, isWarning } of findings) {
    if (isWarning) problems.warn(steps, rule, found, nearest);
    else problems.report(steps, rule, found, nearest);
  }
}
