import { describe, expect, test } from "vitest";

import type { ProfileFile } from "../../src/config/schema.ts";
import type { EdgeCode } from "../../src/map/edge-code.ts";
import { edgeCodeFor } from "../../src/map/edge-code-for.ts";
import { compileProfiles } from "../../src/map/profile.ts";

/** The code of a failure in the profile `mine` of these. */
function codeIn(
  custom: Record<string, ProfileFile>,
  type: "dns_error" | "connection_refused" | "dns_timeout",
  reason: string | null = null,
): EdgeCode {
  const mine = compileProfiles(custom).get("mine");
  if (mine === undefined) throw new Error("no profile mine");
  return edgeCodeFor({ type, reason }, mine);
}

describe("a profile of one's own", () => {
  test("has every row of the one that it extends", () => {
    const profiles = compileProfiles({ mine: { extends: "cloudflare-1016" } });

    expect([...(profiles.get("mine") ?? [])]).toEqual([...(profiles.get("cloudflare-1016") ?? [])]);
  });

  test("overrides by type, and for every reason of it", () => {
    const custom = { mine: { extends: "cloudflare", codes: { dns_error: { status: 503 } } } };

    const codes = [
      codeIn(custom, "dns_error").code,
      codeIn(custom, "dns_error", "nxdomain").code,
      codeIn(custom, "dns_timeout").code,
    ];

    expect(codes).toEqual([503, 503, 523]);
  });

  test("overrides by type and reason, which goes before the type", () => {
    const custom = {
      mine: {
        extends: "cloudflare",
        codes: { "dns_error/nxdomain": { status: 530, error: 1016 }, dns_error: { status: 504 } },
      },
    };

    const codes = [
      codeIn(custom, "dns_error", "nxdomain"),
      codeIn(custom, "dns_error", "servfail"),
      codeIn(custom, "dns_error"),
    ];

    expect(codes.map(({ code, status }) => ({ code, status }))).toEqual([
      { code: 1016, status: 530 },
      { code: 504, status: 504 },
      { code: 504, status: 504 },
    ]);
  });

  test("a row by reason that it inherits stays, until it is overridden itself", () => {
    const custom = {
      mine: { extends: "base", codes: { dns_error: { status: 504 } } },
      base: {
        extends: "cloudflare",
        codes: { "dns_error/nxdomain": { status: 530, error: 1016 } },
      },
    };

    expect([
      codeIn(custom, "dns_error", "nxdomain").code,
      codeIn(custom, "dns_error", "servfail").code,
    ]).toEqual([1016, 504]);
  });

  test("extends another of one's own, in whichever order they stand", () => {
    const custom = {
      mine: { extends: "base", codes: { dns_timeout: { status: 504 } } },
      base: { extends: "generic", codes: { dns_error: { status: 503 } } },
    };

    const codes = [
      codeIn(custom, "dns_timeout").code,
      codeIn(custom, "dns_error").code,
      codeIn(custom, "connection_refused").code,
    ];

    expect(codes).toEqual([504, 503, 502]);
  });

  test("a status that no code has gets plain words, and its own number", () => {
    const { code, status, facts } = codeIn(
      { mine: { extends: "cloudflare", codes: { connection_refused: { status: 418 } } } },
      "connection_refused",
    );

    expect({ code, status }).toEqual({ code: 418, status: 418 });
    expect(facts).toMatchObject({
      code: 418,
      status: 418,
      title: "I'm a Teapot",
      retryAfterSeconds: null,
    });
    expect(facts.name).toMatch(/^[a-z0-9_]+$/);
  });

  test("a status of nobody's has words too", () => {
    const { facts } = codeIn(
      { mine: { extends: "cloudflare", codes: { connection_refused: { status: 599 } } } },
      "connection_refused",
    );

    expect(facts.title).not.toBe("");
    expect(facts.name).not.toBe("");
  });

  test("an error number goes with the status that the row says", () => {
    const { code, status } = codeIn(
      {
        mine: {
          extends: "cloudflare",
          codes: { connection_refused: { status: 503, error: 1999 } },
        },
      },
      "connection_refused",
    );

    expect({ code, status }).toEqual({ code: 1999, status: 503 });
  });
});
