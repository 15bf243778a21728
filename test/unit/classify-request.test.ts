import { expect, test } from "vitest";

import { classifyMalformed } from "../../src/classify/classify-request.ts";
import { compileProfiles } from "../../src/map/profile.ts";
import { edgeCodeFor } from "../../src/map/edge-code-for.ts";

const profiles = compileProfiles({});

test.each([
  ["ERR_HTTP_REQUEST_TIMEOUT", "request_timeout", 408],
  ["HPE_HEADER_OVERFLOW", "header_section_too_large", 431],
  ["HPE_CHUNK_EXTENSIONS_OVERFLOW", "bad_framing", 400],
  ["HPE_INVALID_CHUNK_SIZE", "bad_framing", 400],
  ["CONNECT", "method_not_allowed", 405],
  ["HPE_SOMETHING_NEW", "malformed", 400],
  [undefined, "malformed", 400],
])("%s of Node's is %s, %i in every profile", (code, reason, status) => {
  const failure = classifyMalformed(code);

  const given = [...profiles.values()].map((profile) => edgeCodeFor(failure, profile).status);
  expect(failure).toMatchObject({ type: "http_request_error", reason, phase: "edge" });
  expect(new Set(given)).toEqual(new Set([status]));
});
