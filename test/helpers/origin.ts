// An origin for tests of what works: it keeps the exact bytes of the requests and answers as it is told.

import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

/** A running origin. */
export interface TestOrigin extends AsyncDisposable {
  /** As a zone takes it. */
  readonly url: string;
  /** Heads of the requests so far, as received. */
  readonly heads: string[];
  /** Bytes of all requests so far, heads included. */
  bytes: number;
  readonly open: ReadonlySet<Socket>;
  /** Connections ever accepted. */
  connections: number;
}

/** Starts an origin that calls `onHead` for each request whose head is there. Bodies are counted and thrown away. */
export async function startOrigin(
  onHead: (socket: Socket, head: string) => void,
  { host = "127.0.0.1", port = 0 } = {},
): Promise<TestOrigin> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    origin.connections += 1;
    let pending = "";
    let bodyLeft = 0;
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
    socket.on("data", (bytes) => {
      origin.bytes += bytes.length;
      pending += bytes.toString("latin1");
      for (;;) {
        const taken = Math.min(bodyLeft, pending.length);
        bodyLeft -= taken;
        pending = pending.slice(taken);
        const end = pending.indexOf("\r\n\r\n");
        if (bodyLeft > 0 || end < 0) return;
        const head = pending.slice(0, end);
        pending = pending.slice(end + 4);
        bodyLeft = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
        origin.heads.push(head);
        onHead(socket, head);
      }
    });
  });
  const origin: TestOrigin = {
    url: "",
    heads: [],
    bytes: 0,
    open,
    connections: 0,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
  server.listen(port, host);
  await once(server, "listening");
  return Object.assign(origin, {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
  });
}

/** A response with a Content-Length; `fields` are whole lines with their CRLF. */
export function ok(body = "hello", fields = "", statusLine = "HTTP/1.1 200 OK"): string {
  return `${statusLine}\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;
}
