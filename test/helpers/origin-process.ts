// Origins in processes of their own, to be killed as a kernel kills: nobody says goodbye, and every connection is gone at once.

import { fileURLToPath } from "node:url";

import { KillableProcess } from "./killable-process.ts";

const program = fileURLToPath(new URL("origin-program.mjs", import.meta.url));

/** What an origin does with requests; its checks are answered well while it listens. */
export type OriginState = "well" | "closes" | "fails" | "down";

/** Files of a certificate and its key, with which an origin speaks TLS. */
export interface OriginCertificate {
  readonly cert: string;
  readonly key: string;
}

/** One origin. It has the same port each time it is started. */
export class OriginProcess extends KillableProcess {
  readonly #scheme: "http" | "https";

  private constructor(name: string, certificate: OriginCertificate | null) {
    super(name, program, certificate === null ? [] : [certificate.cert, certificate.key]);
    this.#scheme = certificate === null ? "http" : "https";
  }

  /** Starts an origin on a free port; resolves when it listens. */
  static async start(
    name: string,
    certificate: OriginCertificate | null = null,
  ): Promise<OriginProcess> {
    const origin = new OriginProcess(name, certificate);
    await origin.startAgain();
    return origin;
  }

  /** As a zone takes it. */
  get url(): string {
    return this.urlAt("127.0.0.1");
  }

  /** As a zone takes it that knows its host by a name. */
  urlAt(host: string): string {
    return `${this.#scheme}://${host}:${this.port}`;
  }

  /** Tells it what to do from now on; resolves when it does. */
  async become(state: OriginState): Promise<void> {
    await this.tell(state);
  }
}

/** Several of them, each by its name; they end together. */
export type OriginProcesses<Name extends string> = Readonly<Record<Name, OriginProcess>> &
  AsyncDisposable & { readonly all: readonly OriginProcess[] };

/** Starts origins of these names, at the same time. */
export async function startOrigins<Name extends string>(
  ...names: readonly Name[]
): Promise<OriginProcesses<Name>> {
  const all = await Promise.all(names.map((name) => OriginProcess.start(name)));
  const byName = Object.fromEntries(all.map((origin) => [origin.name, origin]));
  return {
    ...(byName as Record<Name, OriginProcess>),
    all,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(all.map((origin) => origin.kill()));
    },
  };
}
