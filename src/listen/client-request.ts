// A request as the line sees it, over HTTP/1.1 or HTTP/2.

import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";

/** What Node's servers hand over; `identify` tells the two apart, and nobody behind it needs to. */
export type ClientRequest = IncomingMessage | Http2ServerRequest;

/** Whether a request came over HTTP/2. */
export function isHttp2(req: Pick<ClientRequest, "httpVersionMajor">): req is Http2ServerRequest {
  return req.httpVersionMajor === 2;
}
