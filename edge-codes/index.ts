// The public face of `edgecase/codes`: the explicit list of what a program outside this repository may import.
// Everything here is data and its types; there is no code to run.

export { checkFindings, type CheckFinding, type CustomCheckReason } from "./check-findings.ts";
export type { CodeCategory, CodeFacts, CodeSource } from "./code-facts.ts";
export { codes, type Code } from "./codes.ts";
export type { AlertFacts, Check, Explanation, ReasonFacts } from "./explanation.ts";
export { explanations } from "./explanations.ts";
export {
  failureTypes,
  type FailureType,
  type FailureTypeFacts,
  type Phase,
} from "./failure-types.ts";
export { failoverTypes } from "./failover.ts";
export { profiles, type ProfileFacts, type ProfileName } from "./profiles.ts";
export { reasons, type Reason } from "./reasons.ts";
