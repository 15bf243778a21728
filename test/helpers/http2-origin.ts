// A real HTTP/2 origin, Node's own, for tests of what works.

import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type Settings,
} from "node:http2";
import type { AddressInfo } from "node:net";

/** A running origin. */
export interface Http2Origin extends AsyncDisposable {
  /** As a zone with `h2c: true` takes it. */
  readonly url: string;
  readonly open: ReadonlySet<ServerHttp2Session>;
  /** Connections ever accepted. */
  connections: number;
  /** Streams under way now, and at most at one time. */
  streams: number;
  mostStreams: number;
  /** Heads of the requests so far. */
  readonly heads: IncomingHttpHeaders[];
}

/** Starts an origin without TLS that calls `onStream` for each request. */
export async function startHttp2Origin(
  onStream: (stream: ServerHttp2Stream, head: IncomingHttpHeaders) => void,
  settings: Settings = {},
): Promise<Http2Origin> {
  const open = new Set<ServerHttp2Session>();
  const server = createServer({ settings });
  const origin: Http2Origin = {
    url: "",
    open,
    connections: 0,
    streams: 0,
    mostStreams: 0,
    heads: [],
    async [Symbol.asyncDispose]() {
      for (const session of open) session.destroy();
      server.close();
      await once(server, "close");
    },
  };
  server.on("sessionError", () => {});
  server.on("session", (session) => {
    origin.connections += 1;
    open.add(session);
    session.on("close", () => open.delete(session));
  });
  server.on("stream", (stream, head) => {
    origin.heads.push(head);
    origin.streams += 1;
    origin.mostStreams = Math.max(origin.mostStreams, origin.streams);
    stream.on("error", () => {});
    stream.on("close", () => {
      origin.streams -= 1;
    });
    onStream(stream, head);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(origin, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
}
