// Step three of connect: TLS over a connected socket, and the judgement of the certificate.

import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { clearTimeout, setImmediate, setTimeout } from "node:timers";
import { checkServerIdentity, connect, type TLSSocket } from "node:tls";

import { certificateFacts, leastRsaBits } from "./certificate-facts.ts";
import { codeOf, type Evidence, PhaseError } from "./phase-error.ts";
import { isRetired, secureOptions } from "./secure-options.ts";
import type { TlsTarget } from "./target.ts";

/** A finished handshake. */
export interface Handshake {
  readonly socket: TLSSocket;
  /** The one request host the certificate is good for; null if it bears the origin's own name or is not validated. */
  readonly validFor: string | null;
  /** Why the certificate would have been refused, had it been validated; null if it would not, or was. */
  readonly tolerated: PhaseError | null;
  /** When the certificate expires, in milliseconds since the epoch; null if the origin showed none. */
  readonly certificateExpiresAt: number | null;
}

/**
 * Runs a TLS handshake and validates the certificate.
 *
 * Rejects only with {@link PhaseError} (phase `tls`): an OpenSSL code (`ERR_SSL_…`), `ECONNRESET`, `DEADLINE` after
 * `deadlineMs` milliseconds, or the X.509 code of a certificate that is not valid. With `isVerified: false` every
 * certificate passes, and what is wrong with it is told.
 *
 * @see Cloudflare docs, SSL/TLS encryption modes, Full (strict): CN or SAN match the requested or the target name
 */
export function handshake(
  socket: Duplex,
  target: TlsTarget,
  options: {
    readonly requestHost: string;
    readonly deadlineMs: number;
    readonly offersHttp2: boolean;
    readonly signal: AbortSignal;
  },
): Promise<Handshake> {
  const { requestHost, deadlineMs, offersHttp2, signal } = options;
  const serverName = target.isServerNameFromRequest ? requestHost : target.serverName;

  return new Promise((resolve, reject) => {
    const tls = connect({
      socket,
      ALPNProtocols: offersHttp2 ? ["h2", "http/1.1"] : ["http/1.1"],
      rejectUnauthorized: false, // Judged below, where every fact is at hand.
      checkServerIdentity: () => undefined,
      ...(serverName !== null &&
        serverName !== "" &&
        isIP(serverName) === 0 && { servername: serverName }),
      ...secureOptions(target),
    });
    let isSettled = false;
    // Where the process is late, what the origin said may be here already: that is read first.
    const deadline = setTimeout(() => void setImmediate(late), deadlineMs);
    const onAbort = (): void => fail("ABORTED");
    signal.addEventListener("abort", onAbort, { once: true });
    tls.on("error", onError);
    tls.once("secureConnect", onSecure);
    if (signal.aborted) onAbort();

    function onSecure(): void {
      settle();
      const verdict = judge(tls, target, requestHost);
      const refusal = refuse(typeof verdict === "string" ? verdict : null);
      if (refusal !== null && target.isVerified) return end(refusal);
      const validFor = target.isVerified && typeof verdict === "object" ? verdict.validFor : null;
      const certificateExpiresAt = expiryOf(tls, refusal);
      return resolve({ socket: tls, validFor, tolerated: refusal, certificateExpiresAt });
    }

    /** The certificate's facts are read once: asked again, Node says that there is none. */
    function refuse(code: string | null): PhaseError | null {
      if (code === null && !isRetired(target)) return null;
      const certificate = certificateFacts(tls, target.ca);
      // The security level that versions before TLS 1.2 need lets SHA-1 pass, which no certificate is to profit from.
      const isWeak = code === null && certificate?.isSignedWithSha1 === true;
      if (code === null && !isWeak) return null;
      return new PhaseError("tls", code ?? "CA_MD_TOO_WEAK", {
        evidence: { serverName: serverName ?? "(none)" },
        ...(certificate && { certificate }),
      });
    }

    function onError(error: Error): void {
      // A FIN in the handshake has a code but, unlike a RST, no system call.
      const isClosed =
        codeOf(error) === "ECONNRESET" && (error as NodeJS.ErrnoException).syscall === undefined;
      fail(isClosed ? "CLOSED" : codeOf(error), error);
    }

    function late(): void {
      if (!isSettled) fail("DEADLINE");
    }

    function fail(code: string, cause?: Error): void {
      settle();
      const evidence: Evidence = {
        serverName: serverName ?? "(none)",
        ...(cause !== undefined && { tls: (cause as { reason?: string }).reason ?? cause.message }),
      };
      end(new PhaseError("tls", code, { evidence, cause }));
    }

    function end(error: PhaseError): void {
      tls.on("error", () => {}); // Whatever a dying socket still has to say.
      tls.destroy();
      reject(error);
    }

    function settle(): void {
      isSettled = true;
      clearTimeout(deadline);
      signal.removeEventListener("abort", onAbort);
      tls.removeListener("error", onError);
      tls.removeListener("secureConnect", onSecure);
    }
  });
}

/** A certificate that was refused has been read already, and is not shown twice. */
function expiryOf(tls: TLSSocket, refusal: PhaseError | null): number | null {
  const date = refusal?.certificate?.validTo ?? tls.getPeerCertificate().valid_to;
  const expiresAt = Date.parse(date ?? "");
  return Number.isNaN(expiresAt) ? null : expiresAt;
}

/** The X.509 code of what is wrong with the certificate, or whom it is good for. */
function judge(
  tls: TLSSocket,
  target: TlsTarget,
  requestHost: string,
): string | { readonly validFor: string | null } {
  const chainError: unknown = tls.authorizationError; // Typed as an Error, but a code.
  if (!tls.authorized && chainError)
    return typeof chainError === "string" ? chainError : codeOf(chainError);

  const certificate = tls.getPeerCertificate();
  // OpenSSL's own limit differs between its versions: the verdict must not differ between Nodes.
  if (certificate.modulus !== undefined && (certificate.bits ?? 0) < leastRsaBits)
    return "KEY_TOO_SMALL";
  const bears = (name: string): boolean =>
    name !== "" && checkServerIdentity(name, certificate) === undefined;
  if (target.acceptedNames.some(bears)) return { validFor: null };
  return bears(requestHost) ? { validFor: requestHost } : "ERR_TLS_CERT_ALTNAME_INVALID";
}
