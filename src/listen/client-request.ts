// A request as the line sees it, over HTTP/1.1 or HTTP/2.

import { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";

/** What Node's servers hand over; `identify` tells the two apart, and nobody behind it needs to. */
export type ClientRequest = IncomingMessage | Http2ServerRequest;

/** Whether a request came over HTTP/2: Node's parser of HTTP/1.1 takes any client's word for a version, 2.0 too. */
export function isHttp2(req: Pick<ClientRequest, "httpVersionMajor">): req is Http2ServerRequest {
  return req.httpVersionMajor === 2 && !(req instanceof IncomingMessage);
}
