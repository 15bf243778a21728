// A failure type that nothing can provoke over a socket yet: what is there of it, its mapping, its page and its line.

import type { IncomingMessage } from "node:http";

import { describe, expect, test } from "vitest";

import { type FailureType, type Phase, type ProfileName } from "../../edge-codes/index.ts";
import { edgeFailure } from "../../src/classify/edge-failure.ts";
import { ExchangeContext } from "../../src/exchange-context.ts";
import { edgeCodeFor } from "../../src/map/edge-code-for.ts";
import { Http1Response } from "../../src/listen/http1-response.ts";
import { compileProfiles, type Profile } from "../../src/map/profile.ts";
import { accessLine } from "../../src/record/access-log.ts";
import { type Answer, answerFor } from "../../src/render/answer.ts";
import { answerFields } from "../../src/render/fields.ts";
import { toHtml } from "../../src/render/html.ts";
import { brokenSteps, textOf, words } from "./failure-chain.ts";

const profiles = compileProfiles({});

/** A failure that is only in the tables so far. */
export interface UnprovokedFailure {
  readonly type: FailureType;
  readonly phase: Phase;
  readonly codes: Readonly<Record<ProfileName, number>>;
}

/** A context as it stands when the edge answers, without a connection. */
export function contextWithoutSocket(target = "/", host = "example.test"): ExchangeContext {
  const req = { method: "GET", httpVersion: "1.1", headers: {}, complete: true } as IncomingMessage;
  const context = new ExchangeContext(req, new Http1Response(req), "0123456789abcdef-DEV");
  context.target = target;
  context.host = host;
  return context;
}

/** Declares the tests of what there is. */
export function testUnprovokedFailure({ type, phase, codes }: UnprovokedFailure): void {
  const detail = "evidence of example.test";
  const failure = edgeFailure(type, detail);
  const code = edgeCodeFor(failure, profileNamed("cloudflare"));
  const answer = (isVerbose: boolean): Answer =>
    answerFor(contextWithoutSocket(), failure, { told: code, detailed: code }, isVerbose);

  describe(`${type}, as far as it goes`, () => {
    test.each(Object.entries(codes))("profile %s makes it %i", (profile, expected) => {
      expect(edgeCodeFor(failure, profileNamed(profile)).code).toBe(expected);
    });

    test("Proxy-Status names it when pages are verbose, and only then", () => {
      const verbose = answerFields(contextWithoutSocket(), answer(true), "html", 0);
      const sanitized = answerFields(contextWithoutSocket(), answer(false), "html", 0);

      expect(verbose[verbose.indexOf("proxy-status") + 1]).toBe(`edgecase; error=${type}`);
      expect(sanitized).not.toContain("proxy-status");
    });

    test("a verbose page marks the step, and says what it is and what may be the cause", () => {
      const page = toHtml(answer(true));

      const text = textOf(page);
      const { title, likelyCauses } = words(type, null);
      expect(brokenSteps(page)).toEqual([
        { edge: "Edge", dns: "DNS", tcp: "TCP", tls: "TLS", http: "HTTP" }[phase],
      ]);
      expect(text).toContain(title);
      expect(likelyCauses.filter((cause) => !text.includes(cause))).toEqual([]);
    });

    test("a sanitized page shows nothing of it", () => {
      const page = toHtml(answer(false));

      expect([type, detail, "example.test"].filter((secret) => page.includes(secret))).toEqual([]);
    });

    test("its access line has the failure, its phase and its code", () => {
      const context = contextWithoutSocket();
      Object.assign(context, { failure, code, status: code.status });

      const line: unknown = JSON.parse(accessLine(context, 0, 1));

      expect(line).toMatchObject({
        failure: type,
        reason: null,
        phase,
        code: codes.cloudflare,
        originStatus: 0,
        late: false,
        detail,
      });
    });
  });
}

function profileNamed(name: string): Profile {
  const profile = profiles.get(name);
  if (profile === undefined) throw new Error(`no profile ${name}`);
  return profile;
}
