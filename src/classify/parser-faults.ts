// What Node's parser and server say of a request that they give up, as a reason and in words. Others are malformed, too.
// Codes: llhttp's errors, and Node's own in node:http.

import type { Reason } from "../../edge-codes/index.ts";

const framing = "bad_framing";
const malformed = "malformed";

/** Codes of Node's HTTP/1.1 parser and server. */
export const parserFaults: Readonly<
  Record<string, { readonly reason: Reason<"http_request_error">; readonly detail: string }>
> = {
  HPE_HEADER_OVERFLOW: {
    reason: "header_section_too_large",
    detail:
      "the request's head is larger than limits.requestHeaderBytes and limits.urlBytes together",
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    reason: "request_timeout",
    detail: "the request's head was not complete in time",
  },
  HPE_INVALID_CONTENT_LENGTH: { reason: framing, detail: "Content-Length is no number" },
  HPE_UNEXPECTED_CONTENT_LENGTH: {
    reason: framing,
    detail: "there are two Content-Length fields, or one beside Transfer-Encoding",
  },
  HPE_INVALID_TRANSFER_ENCODING: {
    reason: framing,
    detail: "Transfer-Encoding does not end in chunked, or stands beside Content-Length",
  },
  HPE_INVALID_CHUNK_SIZE: {
    reason: framing,
    detail: "the size of a chunk is no hexadecimal number",
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    reason: framing,
    detail: "the extensions of a chunk do not end",
  },
  HPE_INVALID_METHOD: { reason: malformed, detail: "the request does not begin with a method" },
  HPE_INVALID_URL: {
    reason: malformed,
    detail: "the request target has a character that none may have",
  },
  HPE_INVALID_VERSION: { reason: malformed, detail: "the version of HTTP is none that there is" },
  HPE_INVALID_CONSTANT: { reason: malformed, detail: "the request line does not end in HTTP/1.1" },
  HPE_INVALID_HEADER_TOKEN: {
    reason: malformed,
    detail: "a field has a character that none may have",
  },
  HPE_PAUSED_H2_UPGRADE: {
    reason: malformed,
    detail: "the client began HTTP/2 on a connection of HTTP/1.1",
  },
};
