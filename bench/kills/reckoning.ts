// Three accounts of the same requests, which have to agree: what the clients saw, what the log says, what the counters say.

import type { LogLine } from "../../test/helpers/gateway.ts";
import { sumOfSamples } from "../../test/helpers/samples.ts";
import type { Answer } from "../../test/helpers/steady-load.ts";
import type { Judge, Loss, Why } from "./why-lost.ts";

/** What came of a run. */
export interface Reckoning {
  readonly sent: number;
  readonly answered: number;
  /** Answered, but not at the first try. */
  readonly saved: number;
  readonly lost: ReadonlyMap<Why, readonly Loss[]>;
  /** Lost, and nothing says why. */
  readonly unexplained: readonly Loss[];
  /** Where the accounts do not agree, and what else must not be; one sentence each. */
  readonly complaints: readonly string[];
}

/** Everything that there is to go by, of one zone. */
export interface Accounts {
  readonly zone: string;
  readonly answers: readonly Answer[];
  readonly lines: readonly LogLine[];
  /** As scraped when the last request had ended. */
  readonly metrics: string;
}

/** Compares the accounts, and puts each lost request down to something. */
export function reckon(accounts: Accounts, judge: Judge): Reckoning {
  const { answers, lines } = accounts;
  const complaints = [...disagreements(accounts)];
  const byPath = new Map(lines.map((line) => [line["path"], line]));
  const lost = new Map<Why, Loss[]>();
  const unexplained: Loss[] = [];
  let saved = 0;
  for (const answer of answers) {
    const line = byPath.get(`/${answer.number}`);
    if (line === undefined || (answer.ray !== "" && answer.ray !== line["ray"])) {
      const { number, status, ending, error } = answer;
      complaints.push(`request ${number} has no line of its own: ${status} ${ending} ${error}`);
      continue;
    }
    if (isAnswered(answer)) {
      if (line["retries"] !== 0) saved += 1;
      continue;
    }
    const loss = { answer, line };
    const why = answer.status === 0 ? null : judge.why(loss);
    if (why === null) unexplained.push(loss);
    else lost.set(why, [...(lost.get(why) ?? []), loss]);
  }
  const answered = answers.filter(isAnswered).length;
  return { sent: answers.length, answered, saved, lost, unexplained, complaints };
}

function isAnswered({ ending, status }: Answer): boolean {
  return ending === "whole" && status === 200;
}

function* disagreements({ zone, answers, lines, metrics }: Accounts): Iterable<string> {
  const count = (of: (answer: Answer) => boolean): number => answers.filter(of).length;
  const counted = (name: string, labels?: Readonly<Record<string, string>>): number =>
    sumOfSamples(metrics, name, { zone, ...labels });
  yield* mustAgree("requests sent, access lines", answers.length, lines.length);
  yield* mustAgree("requests sent, counted", answers.length, counted("edgecase_requests_total"));
  for (const status of new Set(answers.map((answer) => answer.status))) {
    const told = counted("edgecase_requests_total", { status: String(status) });
    const seen = count((answer) => answer.status === status);
    yield* mustAgree(`clients that got ${status}, counted`, seen, told);
  }
  const errors = count(({ status }) => status >= 500);
  yield* mustAgree("errors seen, counted", errors, counted("edgecase_errors_total"));
  const cut = count(({ ending }) => ending === "cut");
  const late = counted("edgecase_failures_total", { late: "true" });
  yield* mustAgree("answers cut off, late failures counted", cut, late);
  const told = lines.reduce((sum, { retries }) => sum + Number(retries), 0);
  const retries =
    counted("edgecase_retries_total", { kind: "same_origin" }) +
    counted("edgecase_retries_total", { kind: "another_origin" });
  yield* mustAgree("retries in the log, counted", told, retries);
  yield* mustAgree(
    "requests that hung, none",
    count(({ ending }) => ending === "hung"),
    0,
  );
  const mangled = count(
    (answer) => isAnswered(answer) && answer.received !== (answer.bodyBytes ?? 0),
  );
  yield* mustAgree("requests whose content was not as sent, none", mangled, 0);
}

function mustAgree(what: string, seen: number, told: number): readonly string[] {
  return seen === told ? [] : [`${what}: ${seen}, but ${told}`];
}
