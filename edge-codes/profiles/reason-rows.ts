// Rows by reason, where one code is not enough for a type: `type/reason` goes before the type's own row.
// What a client did wrong has the status that HTTP has for it in every profile: it is no secret of the origin's.

import type { Code } from "../codes.ts";
import type { Reason } from "../reasons.ts";

/** The codes of requests that are not acceptable, in every profile. */
export const requestRows = {
  "http_request_error/uri_too_long": 414,
  "http_request_error/header_section_too_large": 431,
  "http_request_error/content_too_large": 413,
  "http_request_error/malformed": 400,
  "http_request_error/bad_host": 400,
  "http_request_error/bad_target": 400,
  "http_request_error/bad_framing": 400,
  "http_request_error/unknown_coding": 501,
  "http_request_error/method_not_allowed": 405,
  "http_request_error/not_found": 404,
  "http_request_error/request_timeout": 408,
} as const satisfies Record<`http_request_error/${Reason<"http_request_error">}`, Code>;

/** The rows by reason of the profiles that have Cloudflare's codes. */
export const cloudflareRows = {
  ...requestRows,
  "destination_not_found/direct_ip": 1003,
} as const satisfies Record<string, Code>;
