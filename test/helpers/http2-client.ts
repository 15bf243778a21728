// A client for one HTTP/2 request at a time over a session: what came, and how it ended.

import type { ClientHttp2Session, IncomingHttpHeaders } from "node:http2";

/** A response. */
export interface Answer {
  readonly headers: IncomingHttpHeaders & { ":status"?: number | undefined };
  readonly body: string;
  readonly trailers: IncomingHttpHeaders;
  /** The error that broke the stream off; null if it is whole. */
  readonly broken: string | null;
}

/** Sends a request, `GET /` unless the fields say otherwise, and waits until its stream is closed. */
export async function request(
  session: ClientHttp2Session,
  headers: Record<string, string | string[]>,
  body?: Buffer,
): Promise<Answer> {
  const stream = session.request({ ":path": "/", ...headers }, { endStream: body === undefined });
  let broken: string | null = null;
  let text = "";
  let head: Answer["headers"] = {};
  let trailers: IncomingHttpHeaders = {};
  stream.on("response", (fields) => {
    head = fields;
  });
  stream.on("trailers", (fields) => {
    trailers = fields;
  });
  stream.on("error", (error: Error) => {
    broken = error.message;
  });
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  if (body !== undefined) stream.end(body);
  await new Promise((resolve) => {
    stream.once("close", resolve);
  });
  return { headers: head, body: text, trailers, broken };
}
