// What keeps node:http2 from ending the process: the native part of a session must not be collected before those of its streams.
//
// A stream that ends within a field section (HPACK that breaks off, a field that is none, a frame in between) keeps the fields so far until
// it is collected, and the session, if it is first, finds its memory not all given back: `Assertion failed: (current_nghttp2_memory_) == (0)`,
// node_http2.cc, ~Http2Session. Any origin could end the gateway with that.

import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";

/** Holds a session until its stream has been collected. */
const sessions = new FinalizationRegistry<object>(() => {});

/** Has the session outlive the stream. Without effect where Node has no such parts. */
export function outlive(session: ClientHttp2Session, stream: ClientHttp2Stream): void {
  const [longer, shorter] = [nativePartOf(session), nativePartOf(stream)];
  if (longer !== null && shorter !== null) sessions.register(shorter, longer);
}

function nativePartOf(of: object): object | null {
  const key = Object.getOwnPropertySymbols(of).find(({ description }) => description === "kHandle");
  const part: unknown = key === undefined ? null : Reflect.get(of, key);
  return typeof part === "object" ? part : null;
}
