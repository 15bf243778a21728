// The way to an origin: dns → tcp → tls, a deadline and a duration for each. Knows no code and no page:
// exchange, health checks and diagnosis stand on it.

import { isIP, type Socket } from "node:net";

import ipaddr from "ipaddr.js";

import { type DialPlace, dial } from "./dial.ts";
import { handshake } from "./handshake.ts";
import { PhaseError } from "./phase-error.ts";
import type { NameResolver } from "./resolve.ts";
import type { ConnectDeadlines, Target } from "./target.ts";

/** How far a connection came. Durations in milliseconds; null for a step that was not needed or not reached. */
export interface ConnectProgress {
  dnsMs: number | null;
  tcpMs: number | null;
  tlsMs: number | null;
  /** The peer as `address:port`, or the path of its Unix socket; empty until one has accepted. */
  originIp: string;
}

/** A connection that is ready for a request. */
export interface Connection {
  readonly socket: Socket;
  /** The connection of TCP, or the Unix socket, that `socket` speaks TLS over; else the same. */
  readonly tcp: Socket;
  readonly progress: Readonly<ConnectProgress>;
  /** The one request host that the certificate is good for; null if it is good for all. */
  readonly validFor: string | null;
  /** Why the certificate would have been refused, had it been validated; null where there is nothing to say. */
  readonly tolerated: PhaseError | null;
  /** When the origin's certificate expires, in milliseconds since the epoch; null where it showed none. */
  readonly certificateExpiresAt: number | null;
  readonly isTls: boolean;
  /** The origin has chosen HTTP/2 by ALPN. */
  readonly isHttp2: boolean;
}

/** What every connection of a gateway needs. */
export interface ConnectOptions {
  readonly resolver: NameResolver;
  readonly deadlines: ConnectDeadlines;
  /** The request's host, which the certificate may bear instead of the origin's own name. */
  readonly requestHost: string;
  /** True for an address and port at which the gateway itself listens. */
  readonly isOwnAddress: (address: string, port: number) => boolean;
  readonly signal: AbortSignal;
  /** Offer HTTP/2 by ALPN, besides HTTP/1.1. */
  readonly offersHttp2?: boolean;
  /** Filled in as the steps end, so that a failure can tell how far it got. */
  readonly progress: ConnectProgress;
}

const withoutTls = {
  validFor: null,
  tolerated: null,
  certificateExpiresAt: null,
  isTls: false,
  isHttp2: false,
} as const;

/** Connects to an origin. Rejects only with {@link PhaseError}; every socket it opened is then gone. */
export async function connectTo(target: Target, options: ConnectOptions): Promise<Connection> {
  const { progress } = options;
  const place =
    target.socketPath === null ? await locate(target, options) : { socketPath: target.socketPath };

  let startedAt = performance.now();
  const socket = await dial(place, options.deadlines.connectMs, options.signal).finally(() => {
    progress.tcpMs = performance.now() - startedAt;
  });
  progress.originIp = target.socketPath ?? peerOf(socket);
  if (target.tls === null) return { ...withoutTls, socket, tcp: socket, progress };

  startedAt = performance.now();
  const { requestHost, signal, offersHttp2 = false } = options;
  const secured = await handshake(socket, target.tls, {
    requestHost,
    deadlineMs: options.deadlines.handshakeMs,
    offersHttp2,
    signal,
  })
    .catch((error: unknown) => {
      socket.destroy();
      throw error;
    })
    .finally(() => {
      progress.tlsMs = performance.now() - startedAt;
    });
  const isHttp2 = secured.socket.alpnProtocol === "h2";
  return { ...secured, tcp: socket, progress, isTls: true, isHttp2 };
}

async function locate(
  target: Target,
  { resolver, deadlines, progress, isOwnAddress }: ConnectOptions,
): Promise<DialPlace> {
  const startedAt = performance.now();
  const host = target.address ?? target.host;
  const resolved = await resolver.resolve(host, deadlines.dnsMs).finally(() => {
    if (isIP(host) === 0) progress.dnsMs = performance.now() - startedAt;
  });
  const isFromDns = resolved.source === "dns" || target.address !== null;
  const addresses = resolved.addresses.filter(
    (address) => !(isFromDns && isProhibited(address)) && !isOwnAddress(address, target.port),
  );
  if (addresses.length === 0) {
    throw new PhaseError("tcp", "PROHIBITED", {
      evidence: { address: resolved.addresses.join(", "), port: target.port },
    });
  }
  return { addresses, port: target.port };
}

/** A name must not lead to addresses that are nobody's; a literal in the config is the owner's own wish. */
function isProhibited(address: string): boolean {
  return ["unspecified", "broadcast", "multicast"].includes(ipaddr.process(address).range());
}

function peerOf(socket: Socket): string {
  const { remoteAddress = "", remotePort = 0 } = socket;
  return isIP(remoteAddress) === 6
    ? `[${remoteAddress}]:${remotePort}`
    : `${remoteAddress}:${remotePort}`;
}
