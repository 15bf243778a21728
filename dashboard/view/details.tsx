// One exchange whole: its way, its time, what broke, and what to do about it.

import { useEffect, useRef, useState } from "preact/hooks";

import { ask, type Problem } from "../api/ask.ts";
import type { Summary, WholeExchange } from "../api/types.ts";
import { summaryOf } from "../state/exchanges.ts";
import { closeChoice, explain } from "./choice.ts";
import { titleOf } from "./code-title.ts";
import { ExchangeFacts, Findings } from "./findings.tsx";
import { LongStrip } from "./strip.tsx";
import { Waterfall } from "./waterfall.tsx";

/** The details of one exchange. */
export function Details({ ray }: { readonly ray: string }) {
  const [whole, setWhole] = useState<WholeExchange | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    title.current?.focus();
    void ask<WholeExchange>(`exchanges/${encodeURIComponent(ray)}`).then((asked) => {
      setWhole(asked.value);
      setProblem(asked.problem);
    });
  }, [ray]);
  const one = whole ?? summaryOf(ray);
  return (
    <article class="details" aria-labelledby="details-title">
      <div class="choice-head">
        <h2 id="details-title" ref={title} tabIndex={-1}>
          {one === null ? "Exchange" : <Headline one={one} />}
        </h2>
        <CloseChoice />
      </div>
      {problem !== null && (
        <p class="refusal">
          {problem.status === 404
            ? "The gateway no longer has this exchange: it keeps the last ones only."
            : `${problem.title}. ${problem.detail ?? ""}`}
        </p>
      )}
      {one !== null && <Story one={one} whole={whole} />}
    </article>
  );
}

/** Closes what is open at the side. */
export function CloseChoice() {
  return (
    <button type="button" class="quiet close" onClick={closeChoice}>
      Close <kbd aria-hidden="true">Esc</kbd>
    </button>
  );
}

function Headline({ one }: { readonly one: Summary }) {
  const { code, status } = one;
  const isBad = code !== null || status >= 400;
  const words = titleOf(code ?? status);
  return (
    <>
      <span class={isBad ? "big-code is-bad" : "big-code"}>{code ?? status}</span>{" "}
      {words !== "" ? words : inWords(one)}
    </>
  );
}

function inWords({ status, originStatus }: Summary): string {
  if (status === 499) return "The client left";
  if (originStatus === 0) return "Answered at the edge";
  return status < 400 ? "Passed on" : "An error of the origin’s own, passed on";
}

function Story({ one, whole }: { readonly one: Summary; readonly whole: WholeExchange | null }) {
  return (
    <>
      <p class="asked">
        <span class="method">{one.method}</span> {one.scheme}://{one.host}
        <wbr />
        {one.path}
      </p>
      {one.injected !== null && (
        <p class="notice injected">
          <b>Injected:</b> the fault <code>{one.injected}</code> was put in its way on purpose.
        </p>
      )}
      {whole !== null && <LongStrip steps={whole.steps} />}
      {whole !== null && whole.whatHappened !== null && (
        <p class="happened">
          <b>{whole.title}.</b> {whole.whatHappened}
        </p>
      )}
      {one.failure !== null && <ExplainLinks one={one} />}
      <h3>Time</h3>
      <Waterfall of={one} />
      <ExchangeFacts one={one} />
      {whole !== null && <Findings whole={whole} />}
    </>
  );
}

function ExplainLinks({ one }: { readonly one: Summary }) {
  const { failure, reason, code } = one;
  const names = [
    reason === null ? failure : `${failure}/${reason}`,
    code === null ? null : String(code),
  ];
  return (
    <p class="explain-links">
      {names.map((name) =>
        name === null ? null : (
          <button key={name} type="button" class="link" onClick={() => explain(name)}>
            Explain {name}
          </button>
        ),
      )}
    </p>
  );
}
