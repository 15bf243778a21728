// Which TCP connection lies below a TLS socket: Node does not say, and only that one can be reset.

import type { Socket } from "node:net";

const byPeer = new Map<string, Socket>();

/** Remembers a client's TCP connection before TLS is spoken over it, for as long as it lives. */
export function rememberRawSocket(socket: Socket): void {
  const peer = peerOf(socket);
  byPeer.set(peer, socket);
  socket.once("close", () => {
    if (byPeer.get(peer) === socket) byPeer.delete(peer);
  });
}

/** The TCP connection below a client's TLS socket; undefined once it is gone. */
export function rawSocketOf(secure: Socket): Socket | undefined {
  return byPeer.get(peerOf(secure));
}

/** Client and listener together are one connection. */
function peerOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
