// Step two of connect: from addresses to a connected socket. Every address is tried; a slow one does not hold up the next.

import { connect, type Socket } from "node:net";
import { clearTimeout, setImmediate, setTimeout } from "node:timers";

import { Intake } from "./intake.ts";
import { codeOf, PhaseError } from "./phase-error.ts";

/** Where to dial: addresses with a port, or a Unix socket. */
export type DialPlace =
  | { readonly addresses: readonly string[]; readonly port: number }
  | { readonly socketPath: string };

/** RFC 8305 §5: how long an attempt may go unanswered before the next one starts beside it. */
const attemptDelayMs = 250;

/** Cloudflare probes idle origin connections every 30 seconds. */
const keepAliveProbeMs = 30_000;

/** Of several failures, the one that says most about the origin comes first. */
const tellingFirst = [
  "ECONNREFUSED",
  "ECONNRESET",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "EACCES",
  "EPERM",
  "ENETUNREACH",
];

/**
 * Opens a TCP (or Unix socket) connection to the first address that accepts one.
 *
 * Resolves with a connected socket that already has an `error` listener; rejects only with {@link PhaseError} (phase
 * `tcp`): `DEADLINE` after `deadlineMs` milliseconds, else the most telling errno of all attempts.
 *
 * @see RFC 9209 §2.3.6, §2.3.7, §2.3.9 — destination_ip_unroutable, connection_refused, connection_timeout
 */
export function dial(place: DialPlace, deadlineMs: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const attempts = new Set<Socket>();
    const failures = new Map<string, Error>();
    const waiting = "socketPath" in place ? [place.socketPath] : [...place.addresses];
    const delayMs = Math.min(attemptDelayMs, Math.floor(deadlineMs / (waiting.length + 1)));
    let staggerTimer: NodeJS.Timeout | undefined;

    // Where the process is late, the connection may stand already: that is seen first.
    const deadline = setTimeout(() => void setImmediate(() => fail("DEADLINE")), deadlineMs);
    const onAbort = (): void => fail("ABORTED");
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) return onAbort();
    return tryNext();

    function tryNext(): void {
      clearTimeout(staggerTimer);
      const address = waiting.shift();
      if (address === undefined) {
        if (attempts.size === 0) fail(mostTelling(failures));
        return;
      }
      const intake = new Intake();
      const { onread } = intake;
      const socket =
        "socketPath" in place
          ? connect({ path: place.socketPath, onread })
          : connect({
              host: address,
              port: place.port,
              autoSelectFamily: false,
              noDelay: true,
              onread,
            });
      intake.watch(socket);
      attempts.add(socket);
      socket.on("error", (error) => {
        if (!attempts.delete(socket)) return;
        failures.set(address, error);
        tryNext();
      });
      socket.once("connect", () => succeed(socket));
      if (waiting.length > 0) staggerTimer = setTimeout(tryNext, delayMs);
    }

    function succeed(socket: Socket): void {
      attempts.delete(socket);
      settle();
      socket.setKeepAlive(true, keepAliveProbeMs);
      resolve(socket);
    }

    function fail(code: string): void {
      settle();
      const evidence =
        "socketPath" in place
          ? { socket: place.socketPath }
          : { address: place.addresses.join(", "), port: place.port };
      const told = [...failures]
        .map(([address, error]) => `${address} ${codeOf(error)}`)
        .join(", ");
      const cause = [...failures.values()].find((error) => codeOf(error) === code);
      reject(
        new PhaseError("tcp", code, {
          evidence: { ...evidence, ...(told !== "" && { attempts: told }) },
          cause,
        }),
      );
    }

    function settle(): void {
      clearTimeout(deadline);
      clearTimeout(staggerTimer);
      signal.removeEventListener("abort", onAbort);
      for (const socket of attempts) socket.destroy();
      attempts.clear();
      waiting.length = 0;
    }
  });
}

function mostTelling(failures: ReadonlyMap<string, Error>): string {
  const codes = [...failures.values()].map(codeOf);
  return tellingFirst.find((code) => codes.includes(code)) ?? codes[0] ?? "ENOTFOUND";
}
