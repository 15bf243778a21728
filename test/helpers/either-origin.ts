// An origin that takes HTTP and TLS on one port, and says in its answer which of them it was spoken to in.

import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from "node:tls";

/** The first byte of a ClientHello. @see RFC 8446 §5.1 */
const handshakeRecord = 0x16;

/** What the origin saw of a request. */
export interface Seen {
  readonly scheme: "http" | "tls";
  /** The name in the handshake; false if there was none. */
  readonly serverName: string | false;
  readonly version: string;
  readonly cipher: string;
  /** Subject of the client certificate; undefined if none was shown. */
  readonly clientName: string | undefined;
  readonly host: string;
}

/** A running origin. */
export interface EitherOrigin extends AsyncDisposable {
  readonly port: number;
  readonly seen: Seen[];
}

/** Starts it with these TLS options; without any, it speaks HTTP alone. */
export async function startEitherOrigin(options: TlsOptions | null): Promise<EitherOrigin> {
  const open = new Set<Socket>();
  const seen: Seen[] = [];
  const http = createHttpServer((req, res) => {
    const what = look(req);
    seen.push(what);
    res.end(what.scheme);
  });
  const tls = createTlsServer(options ?? {});
  tls.on("tlsClientError", () => {});
  tls.on("secureConnection", (socket) => http.emit("connection", socket));
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
    socket.once("readable", () => {
      const bytes = socket.read() as Buffer | null;
      if (bytes === null) return;
      socket.unshift(bytes);
      const isTls = options !== null && bytes[0] === handshakeRecord;
      (isTls ? tls : http).emit("connection", socket);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function look({ socket, headers }: IncomingMessage): Seen {
  const host = headers.host ?? "";
  if (!("encrypted" in socket))
    return { scheme: "http", serverName: false, version: "", cipher: "", clientName: undefined, host }; // prettier-ignore
  const secured = socket as TLSSocket & { servername: string | false };
  const { subject } = secured.getPeerCertificate();
  return {
    scheme: "tls",
    serverName: secured.servername,
    version: secured.getProtocol() ?? "",
    cipher: secured.getCipher().name,
    clientName: (subject as { CN?: string } | undefined)?.CN,
    host,
  };
}
