// The front door for HTTPS: TLS, and behind it HTTP/2 or HTTP/1.1 as the client chose (ALPN). HTTP/1.1 goes to the very
// server that plain HTTP has, so that there is one of each.

import { once } from "node:events";
import type { Server as HttpServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createServer, type SecureContextOptions, type Server, type TLSSocket } from "node:tls";

import type { ConnectionLimit } from "../capacity/connection-limit.ts";
import type { ClientCertificates } from "./client-certificates.ts";
import type { CertificatePair } from "./local-ca.ts";
import type { Http2Listener } from "./http2-server.ts";
import { rememberRawSocket } from "./raw-sockets.ts";

/** How long a client may take over its handshake, in milliseconds. */
const handshakeMs = 10_000;

/** What a secure server hands connections on to, and who counts them. */
export interface SecureServerParts {
  readonly http1: HttpServer;
  readonly http2: Http2Listener;
  readonly connections: ConnectionLimit;
}

/** Listens for TLS. */
export class SecureServer {
  readonly #server: Server;
  readonly #http1: HttpServer;
  readonly #http2: Http2Listener;
  readonly #sockets = new Set<Socket>();

  /** `fallback` is shown to clients that name no server: Node asks nobody then. */
  constructor(
    certificates: ClientCertificates,
    fallback: CertificatePair,
    { http1, http2, connections }: SecureServerParts,
  ) {
    this.#http1 = http1;
    this.#http2 = http2;
    this.#server = createServer({
      ...contextOptions(fallback),
      ALPNProtocols: ["h2", "http/1.1"],
      handshakeTimeout: handshakeMs,
      noDelay: true, // As Node's servers of HTTP have it: a stream's next event does not wait for the client's acknowledgement.
      SNICallback: certificates.onServerName,
    });
    this.#server.on("connection", (socket: Socket) => {
      rememberRawSocket(socket);
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    connections.watch(this.#server, false);
    this.#server.on("secureConnection", (socket) => this.#take(socket));
    // A client that cannot speak TLS, or does not like the certificate, is told by TLS itself.
    this.#server.on("tlsClientError", (_error, socket) => socket.destroy());
  }

  /** Listens; resolves with the port taken. */
  async listen(host: string, port: number): Promise<number> {
    this.#server.listen({ host, port });
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  /** Shows another certificate to clients that name no server. */
  replaceFallback(fallback: CertificatePair): void {
    this.#server.setSecureContext(contextOptions(fallback));
  }

  /** Stops listening, and resolves when the last connection is gone. */
  async stopListening(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }

  /** Closes every connection that there is. */
  closeAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #take(socket: TLSSocket): void {
    socket.on("error", () => {}); // Before anything else: a client may go at any time.
    if (socket.alpnProtocol === "h2") this.#http2.take(socket);
    else this.#http1.emit("connection", socket);
  }
}

function contextOptions(pair: CertificatePair): SecureContextOptions {
  return { ...pair, minVersion: "TLSv1.2" };
}
