// Under the HTTPS listener: which certificate a client is shown, by the server name that it asks for.

import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { createSecureContext, type SecureContext } from "node:tls";
import { callbackify } from "node:util";

import type { GatewayConfig } from "../config/gateway-config.ts";
import type { CertificatePair, LocalCa } from "./local-ca.ts";
import { hostNameOf } from "./server-name.ts";
import { renewAfterMs } from "./sign-certificate.ts";

/** How many names' certificates are kept. Asking for more names than that costs their signing again, never memory. */
const mostNames = 1_000;

/** Stands for every client that names no server, or none that can be. */
const noName = "";

/** A certificate ready to be shown. */
interface Shown {
  readonly pair: CertificatePair;
  readonly context: SecureContext;
}

/** One of the owner's certificates. */
interface Own extends Shown {
  readonly certificate: X509Certificate;
}

/** The certificates for clients: the owner's for the names they bear, and one of the local CA's for every other name. */
export class ClientCertificates {
  readonly #ca: Pick<LocalCa, "issue" | "certificatePem">;
  #own: readonly Own[];
  readonly #addresses: readonly string[];
  readonly #names: readonly string[];
  /** By name, the one asked for longest ago first. Promises, so that two who ask at a time wait for the same one. */
  readonly #kept = new Map<string, { readonly shown: Promise<Shown>; readonly renewAt: number }>();

  /** `certificates` are the owner's, checked; `host` is where the gateway listens. */
  constructor(
    ca: Pick<LocalCa, "issue" | "certificatePem">,
    { host, certificates }: Pick<GatewayConfig["listen"], "host" | "certificates">,
  ) {
    this.#ca = ca;
    this.#own = ownOf(certificates);
    const { names, addresses } = reachedAs(host);
    this.#names = names;
    this.#addresses = addresses;
  }

  /** PEM of the CA. */
  get caPem(): string {
    return this.#ca.certificatePem;
  }

  /** Shows other certificates of the owner's from now on. */
  replaceOwn(certificates: readonly CertificatePair[]): void {
    this.#own = ownOf(certificates);
    this.#kept.clear();
  }

  /** How many certificates are kept. */
  get size(): number {
    return this.#kept.size;
  }

  /** {@link ClientCertificates.contextFor} as `tls.createServer` asks for it. */
  readonly onServerName = callbackify((serverName: string) => this.contextFor(serverName));

  /** What to go on with for a client that asks for this name; `""` where it asks for none. */
  async contextFor(serverName: string): Promise<SecureContext> {
    return (await this.#shownTo(serverName)).context;
  }

  /** The same as PEM: `tls.createServer` asks nobody for clients without a name, and takes no context. */
  async pairFor(serverName: string): Promise<CertificatePair> {
    return (await this.#shownTo(serverName)).pair;
  }

  #shownTo(serverName: string): Promise<Shown> {
    const name = hostNameOf(serverName) ?? noName;
    const kept = this.#kept.get(name);
    if (kept === undefined || kept.renewAt <= Date.now()) return this.#keep(name);
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    return kept.shown;
  }

  #keep(name: string): Promise<Shown> {
    const entry = { shown: this.#make(name), renewAt: Date.now() + renewAfterMs };
    this.#kept.delete(name);
    this.#kept.set(name, entry);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostNames && oldest !== undefined) this.#kept.delete(oldest);
    // What could not be signed is tried again the next time.
    entry.shown.catch(() => {
      if (this.#kept.get(name) === entry) this.#kept.delete(name);
    });
    return entry.shown;
  }

  async #make(name: string): Promise<Shown> {
    if (name === noName) {
      const names = [...this.#names, ...this.#addresses];
      return this.#ownWithAddress() ?? show(await this.#ca.issue(names));
    }
    return this.#ownWithName(name) ?? show(await this.#ca.issue([name]));
  }

  /** The owner's certificate for a name: one that bears it as it is, before one with a wildcard for it. */
  #ownWithName(name: string): Own | undefined {
    const bears = (wildcards: boolean) =>
      this.#own.find(({ certificate }) =>
        certificate.checkHost(name, { subject: "never", wildcards, partialWildcards: false }),
      );
    return bears(false) ?? bears(true);
  }

  /** The owner's certificate for clients who come by address. */
  #ownWithAddress(): Own | undefined {
    return this.#own.find(({ certificate }) =>
      this.#addresses.some((address) => certificate.checkIP(address)),
    );
  }
}

function ownOf(certificates: readonly CertificatePair[]): Own[] {
  return certificates.map((pair) => ({
    ...show(pair),
    certificate: new X509Certificate(pair.cert),
  }));
}

function show(pair: CertificatePair): Shown {
  // No client is asked for a certificate, so no CA need be loaded to judge one.
  return { pair, context: createSecureContext({ ...pair, ca: [] }) };
}

/** By what names and addresses clients reach a listener on this host. */
function reachedAs(host: string): { names: string[]; addresses: string[] } {
  const local = ["127.0.0.1", "::1"];
  if (host === "0.0.0.0" || host === "::") {
    const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    return {
      names: unique(["localhost", hostNameOf(hostname()) ?? "localhost"]),
      addresses: unique([...local, ...all.map(({ address }) => address)]),
    };
  }
  if (isIP(host) !== 0) return { names: ["localhost"], addresses: unique([host, ...local]) };
  return { names: unique(["localhost", hostNameOf(host) ?? "localhost"]), addresses: local };
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
