// Errors for programs: problem details. @see RFC 9457; Cloudflare docs, Error responses, JSON members

import { shorten, toJson } from "../plain-text.ts";
import { type Answer, longestValue } from "./answer.ts";

/** An answer as problem details; `application/json` and `application/problem+json` have the same members. */
export function toProblem(answer: Answer): string {
  const { code, rayId, time, detail } = answer;
  const { facts, status } = code;
  const problem = {
    type: `urn:edgecase:error:${code.code}`,
    title: `Error ${code.code}: ${facts.title}`,
    status,
    detail: detail === null ? facts.visitor : `${detail.title}. ${detail.explanation.whatHappened}`,
    instance: rayId,
    error_code: code.code,
    error_name: facts.name,
    error_category: facts.category,
    ray_id: rayId,
    timestamp: time,
    ...(detail !== null && { zone: detail.host }),
    retryable: facts.retryable,
    ...(facts.retryable && { retry_after: facts.retryAfterSeconds }),
    owner_action_required: facts.ownerActionRequired,
    what_you_should_do: facts.whatToDo,
    ...(detail !== null && { failure: failureMembers(answer) }),
  };
  return `${toJson(problem)}\n`;
}

/** Members of our own, for the developer alone. */
function failureMembers({ detail }: Answer): object | null {
  if (detail === null) return null;
  const { notice, injected, failure, origin, steps, evidence, explanation, detailedCode } = detail;
  return {
    ...(notice !== null && { notice }),
    ...(injected !== null && { injected }),
    type: failure.type,
    reason: failure.reason,
    phase: failure.phase,
    detail: shorten(failure.detail, longestValue),
    origin,
    request_sent: failure.requestSent,
    ...(detailedCode !== null && { detailed_code: detailedCode.code }),
    steps: steps.map(({ name, state, note }) => ({ step: name.toLowerCase(), state, note })),
    evidence: Object.fromEntries(evidence.slice(2)),
    likely_causes: explanation.likelyCauses,
    how_to_check: explanation.howToCheck,
    how_to_fix: explanation.howToFix,
  };
}
