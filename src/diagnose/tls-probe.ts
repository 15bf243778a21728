// What an origin's TLS takes besides what one handshake settles: versions, ciphers, HTTP/2, no server name. A handshake for each
// question, and never a request.

import { setImmediate } from "node:timers";
import type { SecureVersion } from "node:tls";

import { classifyConnect } from "../classify/classify-connect.ts";
import { certificateFacts } from "../connect/certificate-facts.ts";
import { dial } from "../connect/dial.ts";
import { handshake } from "../connect/handshake.ts";
import type { TlsTarget } from "../connect/target.ts";
import { ClientFlight } from "./client-flight.ts";
import type { TlsReport } from "./report.ts";

type Probes = NonNullable<TlsReport["probes"]>;

/** Where to probe, and for how long. */
export interface ProbePlace {
  /** The address that was connected to. */
  readonly address: string;
  readonly port: number;
  readonly tls: TlsTarget;
  /** Name to send; null for none. */
  readonly serverName: string | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What differs from one handshake to the next. */
interface Hello {
  readonly version?: SecureVersion;
  readonly ciphers?: string;
  readonly serverName?: string | null;
}

/** What a handshake came to. */
interface Reply {
  /** Type and reason of the failure; null if there was none. */
  readonly refusal: string | null;
  readonly cipher: string;
  /** OpenSSL's name of the cipher. */
  readonly cipherName: string;
  readonly isHttp2: boolean;
  /** The same for two that showed the same certificate. */
  readonly certificate: string;
  readonly isCertificateAsked: boolean;
}

const versions = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;

/** @see RFC 8446 §B.4 */
const ciphers13 = [
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_AES_128_GCM_SHA256",
];

/** More than any server has. */
const mostCiphers = 64;

/** Probes an origin that was connected to, for `timeoutMs` at the most. Never rejects. */
export async function probeTls(place: ProbePlace): Promise<Probes> {
  const probe = new Prober(place);
  const [plain, bare, found] = await Promise.all([
    probe.ask({}),
    place.serverName === null ? null : probe.ask({ serverName: null }),
    Promise.all(versions.map((version) => probe.ciphersOf(version))),
  ]);
  return {
    versions: found,
    isHttp2: plain.refusal === null ? plain.isHttp2 : null,
    withoutServerName: bare === null || plain.refusal !== null ? null : compare(plain, bare),
    isClientCertificateAsked:
      plain.refusal === null || plain.isCertificateAsked ? plain.isCertificateAsked : null,
  };
}

function compare(plain: Reply, bare: Reply): NonNullable<Probes["withoutServerName"]> {
  if (bare.refusal !== null) return "refused";
  return plain.certificate === bare.certificate ? "same_certificate" : "other_certificate";
}

class Prober {
  readonly #place: ProbePlace;
  readonly #endsAt: number;

  constructor(place: ProbePlace) {
    this.#place = place;
    this.#endsAt = performance.now() + place.timeoutMs;
  }

  /** The ciphers that an origin takes in a version: what it chooses is not offered again, until it refuses. */
  async ciphersOf(version: SecureVersion): Promise<Probes["versions"][number]> {
    const ciphers: string[] = [];
    const taken: string[] = [];
    for (;;) {
      const offered = offerWithout(version, taken);
      if (offered === null) return { version, ciphers, isWhole: true, refusal: null };
      // oxlint-disable-next-line no-await-in-loop -- What to offer next is known only when the origin has chosen.
      const reply = await this.ask({ version, ciphers: offered });
      if (reply.refusal !== null) {
        const isLate = performance.now() >= this.#endsAt;
        const isRefused = ciphers.length === 0;
        return { version, ciphers, isWhole: !isLate, refusal: isRefused ? reply.refusal : null };
      }
      if (taken.includes(reply.cipherName)) break; // It chose what was not offered.
      ciphers.push(reply.cipher);
      taken.push(reply.cipherName);
      if (taken.length >= mostCiphers) break;
    }
    return { version, ciphers, isWhole: false, refusal: null };
  }

  /** One handshake. */
  async ask(hello: Hello): Promise<Reply> {
    const { address, port, tls, signal } = this.#place;
    const left = (): number => Math.max(1, Math.round(this.#endsAt - performance.now()));
    let flight: ClientFlight | null = null;
    try {
      const socket = await dial({ addresses: [address], port }, left(), signal);
      flight = new ClientFlight(socket);
      const { socket: secured, tolerated } = await handshake(flight, this.#targetOf(hello), {
        requestHost: "",
        deadlineMs: left(),
        offersHttp2: true, // Or those that speak nothing else would refuse.
        signal,
      });
      secured.on("error", () => {}); // Nobody waits for what it has to say.
      // Our last flight leaves after the event.
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      const { standardName, name } = secured.getCipher();
      const facts = tolerated === null ? certificateFacts(secured, tls.ca) : tolerated.certificate;
      const isHttp2 = secured.alpnProtocol === "h2";
      return {
        refusal: null,
        cipher: standardName,
        cipherName: name,
        isHttp2,
        certificate: JSON.stringify(facts),
        isCertificateAsked: flight.hasCertificate,
      };
    } catch (error) {
      const { type, reason } = classifyConnect(error);
      return {
        refusal: reason === null ? type : `${type}/${reason}`,
        cipher: "",
        cipherName: "",
        isHttp2: false,
        certificate: "",
        isCertificateAsked: flight?.hasCertificate ?? false,
      };
    } finally {
      flight?.destroy();
    }
  }

  /** As the zone has it, except that no certificate is judged. */
  #targetOf({ version, ciphers, serverName = this.#place.serverName }: Hello): TlsTarget {
    return {
      ...this.#place.tls,
      serverName,
      isServerNameFromRequest: false,
      acceptedNames: [],
      isVerified: false,
      ...(version !== undefined && { minVersion: version, maxVersion: version }),
      ...(ciphers !== undefined && { ciphers }),
    };
  }
}

/** Every cipher that OpenSSL knows for a version, but those; null if none is left. Old ones need its lowest security level. */
function offerWithout(version: SecureVersion, taken: readonly string[]): string | null {
  if (version !== "TLSv1.3")
    return ["ALL", ...taken.map((name) => `!${name}`), "@SECLEVEL=0"].join(":");
  const left = ciphers13.filter((name) => !taken.includes(name));
  return left.length === 0 ? null : left.join(":");
}
