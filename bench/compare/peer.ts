// What is measured: a program that stands between the load generator and the origin, a process of its own.

/** What a peer is told, the same for all. Paths are absolute; `null` is none. */
export interface Setup {
  /** Where it has to listen, on 127.0.0.1. */
  readonly port: number;
  readonly origin: { readonly scheme: "http" | "https"; readonly port: number };
  /** PEM file of the CA that the origin's certificate has to lead to. */
  readonly originCa: string;
  /** The certificate to show to clients, who then speak TLS. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Whether clients speak HTTP/2. */
  readonly http2: boolean;
  readonly workers: number;
  /** Hosts that requests are for, of as many zones as there are to be. */
  readonly zones: number;
  /** Whether Edgecase writes its log, counts, and keeps exchanges of late: all of it, unless a case asks what each costs. */
  readonly records: Records;
  /** For whatever it has to write. */
  readonly folder: string;
}

/** What Edgecase takes down of a request. */
export interface Records {
  readonly log: boolean;
  readonly metrics: boolean;
  readonly recent: boolean;
}

/** How to start a peer. */
export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
}

/** `edgecase` is what is measured, `node` and `fastify` are bare, `observed` logs and counts as Edgecase does; `direct` is nobody. */
export type PeerKind = "edgecase" | "server" | "node" | "fastify" | "observed" | "direct";

/** One program to compare. */
export interface Peer {
  /** As `--peers` takes it. */
  readonly name: string;
  readonly kind: PeerKind;
  /** How it is set up, in a few words. */
  readonly config: string;
  /** Its version; null where it is not installed. */
  version(): string | null;
  /** Why it cannot do this; null where it can. */
  cannot?(setup: Pick<Setup, "http2" | "workers">): string | null;
  /** Null for a peer that needs no process. */
  launch(setup: Setup): Launch | null;
}
