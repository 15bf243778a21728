// The broken origins that faults need: the zoo, loaded when the first of them is wanted, or whoever has it in another process.

import type { Zoo } from "../../fixtures/zoo.ts";

/** A broken origin that runs: plain values, for other processes, too. */
export interface BrokenOrigin {
  readonly name: string;
  /** As a zone's `origins` has them. */
  readonly addresses: readonly string[];
  readonly isHttp2Offered: boolean;
  readonly isHttp2Prior: boolean;
  /** PEM of the root that signs for it. */
  readonly rootPem: string;
  /** The resolver that knows its name. */
  readonly dnsServer: string;
}

/** Knows broken origins by their names. */
export interface BrokenOrigins {
  /** Starts one, if it does not run. Rejects if it cannot run on this machine. */
  get(name: string): Promise<BrokenOrigin>;
  close(): Promise<void>;
}

/** Those of a zoo in this process. */
export class ZooOrigins implements BrokenOrigins {
  #zoo: Promise<Zoo> | null = null;
  #isClosed = false;

  async get(name: string): Promise<BrokenOrigin> {
    const [{ startZoo }, { fixtures }] = await Promise.all([
      import("../../fixtures/zoo.ts"),
      import("../../fixtures/index.ts"),
    ]);
    if (this.#isClosed) throw new Error("the gateway has closed");
    this.#zoo ??= startZoo({ only: () => false });
    const zoo = await this.#zoo;
    const fixture = fixtures.find((one) => one.name === name);
    if (fixture === undefined) throw new Error(`the zoo has no ${name}`); // The catalogue has what the zoo has.
    const member = await zoo.add(fixture);
    if ("why" in member) throw new Error(`${name} cannot run here: ${member.why}`);
    const { http2 = false, h2c = false } = fixture.zone ?? {};
    return {
      name,
      addresses: [member.started.origin, ...(member.started.moreOrigins ?? [])],
      isHttp2Offered: http2,
      isHttp2Prior: h2c,
      rootPem: zoo.rootPem,
      dnsServer: zoo.dnsServer,
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const zoo = await this.#zoo?.catch(() => null);
    await zoo?.close();
  }
}
