// The request's fields, whatever version they came in.

import { type ClientRequest, isHttp2 } from "../listen/client-request.ts";

/** Names and values in turn, as received, without pseudo-fields; the crumbs of a Cookie as one. @see RFC 9113 §8.2.3 */
export function rawFieldsOf(req: ClientRequest): readonly string[] {
  const { rawHeaders } = req;
  if (!isHttp2(req)) return rawHeaders;
  const fields: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (!name.startsWith(":") && name !== "cookie") fields.push(name, rawHeaders[index + 1] ?? "");
  }
  const { cookie } = req.headers;
  if (cookie !== undefined) fields.push("cookie", cookie);
  return fields;
}
