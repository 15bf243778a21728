// The profiles that ship: each says which code every failure type becomes.
// A config may add profiles that extend one of these; those are not listed here.

import type { Code } from "./codes.ts";
import type { FailureType } from "./failure-types.ts";
import { cloudflare1016 } from "./profiles/cloudflare-1016.ts";
import { cloudflare } from "./profiles/cloudflare.ts";
import { generic } from "./profiles/generic.ts";
import { cloudflareRows, requestRows } from "./profiles/reason-rows.ts";
import { rfc9209 } from "./profiles/rfc9209.ts";

/** A mapping from every failure type to a code, with words to present it. */
export interface ProfileFacts {
  readonly title: string;
  /** One sentence: when to choose it. */
  readonly summary: string;
  readonly codes: Readonly<Record<FailureType, Code>>;
  /** Rows by `type/reason`, which go before the type's own. */
  readonly codesByReason: Readonly<Record<keyof typeof requestRows, Code>> &
    Readonly<Record<string, Code>>;
}

/** Every profile that ships, under the name that config and command line take. */
export const profiles = {
  cloudflare: {
    title: "Cloudflare",
    summary:
      "A code for each layer that can break, 520 to 526, with DNS failures as 523: the default.",
    codes: cloudflare,
    codesByReason: cloudflareRows,
  },
  "cloudflare-1016": {
    title: "Cloudflare, with 1016 for DNS",
    summary:
      "As cloudflare, but an origin whose name does not resolve is status 530 with error 1016.",
    codes: cloudflare1016,
    codesByReason: cloudflareRows,
  },
  rfc9209: {
    title: "RFC 9209",
    summary: "The standard status that RFC 9209 recommends for each failure: 500, 502, 503 or 504.",
    codes: rfc9209,
    codesByReason: requestRows,
  },
  generic: {
    title: "Generic",
    summary:
      "502 for every failure on the way to the origin, so that clients learn nothing about it; 500 for the gateway's own.",
    codes: generic,
    codesByReason: requestRows,
  },
} as const satisfies Record<string, ProfileFacts>;

/** The name of a profile that ships. */
export type ProfileName = keyof typeof profiles;
