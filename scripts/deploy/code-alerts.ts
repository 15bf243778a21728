// deploy/prometheus/rules/codes.yml: an alert on a spike of each code, in the code's own words.

import { stringify } from "yaml";

import { type CodeFacts, codes } from "../../edge-codes/index.ts";
import { codesOf, compileProfiles } from "../../src/map/profile.ts";

/** A spike: that many answers within five minutes, and that share of the zone's requests. */
const leastAnswers = 5;
const leastShare = 0.05;
const windowSeconds = 300;

const header = `# A spike of each code: at least ${leastAnswers} answers within five minutes, and more than ${leastShare * 100} % of the zone's requests.
# Written by scripts/generate-deploy.ts from edge-codes/; do not edit.

`;

const facts: Readonly<Record<number, CodeFacts>> = codes;

/** The file, in YAML. */
export function codeAlerts(): string {
  const rules = codesOf(compileProfiles({})).flatMap((code) => alertFor(facts[code]));
  return header + stringify({ groups: [{ name: "edgecase-codes", rules }] }, { lineWidth: 0 });
}

function alertFor(code: CodeFacts | undefined): object[] {
  if (code === undefined) return [];
  const selector = `{code="${code.code}"}`;
  const share = `zone_code:edgecase_errors:ratio_rate5m${selector} > ${leastShare}`;
  const answers = `zone_code:edgecase_errors:rate5m${selector} * ${windowSeconds} >= ${leastAnswers}`;
  return [
    {
      alert: `EdgecaseSpike${code.code}`,
      expr: `${share} and ${answers}`,
      for: "1m",
      labels: { severity: severityOf(code) },
      annotations: {
        summary: `{{ $labels.zone }}: a spike of ${code.code} (${code.title})`,
        description: `${code.owner} \`edgecase explain ${code.code}\` says more.`,
      },
    },
  ];
}

/** What clients did wrong is theirs to repair; what stays broken until an owner acts is for an owner to hear of. */
function severityOf({ culprit, ownerActionRequired }: CodeFacts): string {
  if (culprit === "client") return "info";
  return ownerActionRequired ? "critical" : "warning";
}
