// The primary process: it takes no requests itself. Its gateway has the admin port, checks origins and reads the configuration; the
// workers are its way in, and what is known or changed here is told to them from here.

import { lookup } from "node:dns/promises";

import type { Logger } from "pino";

import type { Crew } from "../admin/subject.ts";
import { noLoad, type OriginLoad } from "../exchange/origin.ts";
import type { Gateway } from "../gateway.ts";
import type { GatewayParts } from "../gateway-parts.ts";
import { OriginHealth } from "../health/origin-health.ts";
import type { Door, Farewell, Ports } from "../listen/front-door.ts";
import { OwnAddresses } from "../listen/own-addresses.ts";
import type { LocalCa } from "../listen/local-ca.ts";
import { sessionKey } from "../pick/affinity-cookie.ts";
import type { AccessLog } from "../record/log.ts";
import { RecentExchanges } from "../record/recent-exchanges.ts";
import { CrewExchanges } from "./crew-exchanges.ts";
import { recordLost } from "./lost-requests.ts";
import type {
  Notices,
  PrimaryCalls,
  Report,
  Shared,
  SharedEdition,
  SharedLoad,
  SharedStanding,
  Start,
} from "./messages.ts";
import { keyedOrigins, keyText, originWith } from "./origin-key.ts";
import { pack, shareOf } from "./packed-config.ts";
import { PortKeeper } from "./ports.ts";
import { seqOf } from "./seq.ts";
import { SharedHealth } from "./shared-health.ts";
import { within } from "./within.ts";
import type { WorkerProcess } from "./worker-process.ts";
import { type Employer, Workers } from "./workers.ts";

/** How long a worker may take to put something in force, in milliseconds. */
const applyMs = 30_000;

/** How long somebody waits who has changed something. */
const settledMs = 5_000;

/** No more failures of an origin in one turn of a worker's event loop are told apart. */
const mostFailed = 1_000;

/** What a primary works with. */
export interface PrimaryOptions {
  /** How many workers. */
  readonly count: number;
  readonly lines: AccessLog;
  readonly messages: Logger;
}

/** The gateway's way in, by workers. */
export class Primary implements Door, Crew, Employer {
  readonly exchanges: CrewExchanges;
  /** For the gateway that it is the way into. */
  readonly parts: GatewayParts;
  readonly #options: PrimaryOptions;
  readonly #begunAt = Date.now();
  readonly #workers: Workers;
  /** What is being put in force. */
  readonly #pending = new Set<Promise<unknown>>();
  readonly #own = new OwnAddresses(() => this.#apply({ own: this.#own.places }));
  #gateway: Gateway | null = null;
  #keeper: PortKeeper | null = null;
  #ca: LocalCa | null = null;

  constructor(options: PrimaryOptions) {
    const { messages } = options;
    const recent = new RecentExchanges(seqOf(0, this.#begunAt));
    const tell = (standing: SharedStanding): void => this.#tellAll({ standings: [standing] });
    this.#options = options;
    this.#workers = new Workers(this, messages);
    this.parts = {
      door: this,
      own: this.#own,
      recent,
      health: (isOwnAddress) => new SharedHealth(new OriginHealth(isOwnAddress, messages), tell),
    };
    this.exchanges = new CrewExchanges(
      {
        askAll: (name, ...args) => this.#workers.askAll(name, ...args),
        tellAll: (tellOne) => this.#workers.told.forEach(({ wire }) => tellOne(wire)),
      },
      recent,
    );
  }

  /** To be called with the gateway before that starts. */
  serve(gateway: Gateway): void {
    const { settings, injection } = gateway;
    this.#gateway = gateway;
    settings.onChange(() => this.#apply({ settings: settings.state }));
    injection.onChange(() => this.#apply({ rules: injection.shared }));
  }

  get isUp(): boolean {
    return this.#workers.isUp;
  }

  get caPem(): string | null {
    return this.#ca?.certificatePem ?? null;
  }

  async open(): Promise<Ports> {
    const { listen } = this.#served.config;
    const { address } = await lookup(listen.host); // One address, as without workers.
    this.#keeper = await PortKeeper.take(address, listen);
    if (listen.https !== false) {
      const { LocalCa: Ca } = await import("../listen/local-ca.ts");
      this.#ca = await Ca.loadOrInMemory(listen.caFolder, (why) =>
        this.#options.messages.warn(why),
      );
    }
    await this.#workers.start(this.#options.count);
    return this.#keeper.ports;
  }

  /** One worker after the other, so that only one at a time is busy with it. */
  async adapt(): Promise<void> {
    for (const worker of this.#workers.told) {
      const reloading = within(applyMs, worker.wire.call("reload", this.#editionFor(worker)));
      // oxlint-disable-next-line no-await-in-loop -- See above.
      await this.#untilApplied(reloading).catch((error: unknown) => {
        this.#options.messages.error(
          { worker: worker.index + 1, err: error },
          "a worker did not take the configuration: another takes its place",
        );
        worker.kill();
      });
    }
  }

  async close({ graceMs }: Farewell): Promise<void> {
    await this.#keeper?.release();
    await this.#workers.close(graceMs);
  }

  async settled(): Promise<void> {
    await within(settledMs, Promise.allSettled(this.#pending)).catch(() => {}); // Who is stuck takes no requests, either.
  }

  async gathered(): Promise<void> {
    const { zones, capacity } = this.#served;
    const all = await this.#workers.askAll("gather");
    capacity.elsewhere = all;
    const sums = sumByOrigin(all.flatMap(({ loads }) => loads));
    for (const { key, origin } of keyedOrigins(zones))
      origin.elsewhere = sums.get(keyText(key)) ?? noLoad;
  }

  callsFor(worker: WorkerProcess): Omit<PrimaryCalls, "loaded" | "failing"> {
    const { injection } = this.#served;
    return {
      report: (report) => {
        worker.lastReport = report.number;
        this.#take(report);
      },
      notice: (notices) => this.#notice(notices),
      passed: (passed) => this.exchanges.feed.passed(passed),
      decide: (ids) => {
        const before = injection.rules.length;
        const id = injection.decide(ids);
        // One has been used up: nobody need ask for it any more.
        if (injection.rules.length !== before) this.#apply({ rules: injection.shared });
        return id;
      },
      broken: (name) => injection.broken(name),
    };
  }

  async startFor(worker: WorkerProcess): Promise<Start> {
    await this.#keeper?.release();
    const { zones } = this.#served;
    return {
      index: worker.index,
      edition: this.#editionFor(worker),
      affinities: new Map(
        zones.flatMap(({ name, affinity }) => (affinity === null ? [] : [[name, affinity.state]])),
      ),
      sessionKey: sessionKey(),
      ca: this.#ca?.shared ?? null,
      begunAt: this.#begunAt,
      readers: this.exchanges.feed.readers,
    };
  }

  lost(worker: WorkerProcess, how: string): number {
    const { lastReport } = worker;
    return recordLost(worker.takeFlights(), { lastReport, how }, this.#served);
  }

  get #served(): Gateway {
    if (this.#gateway === null) throw new Error("there is no gateway to work for");
    return this.#gateway;
  }

  /** The configuration in force with a worker's part of the limits, and all that has changed since it was read. */
  #editionFor(worker: WorkerProcess): SharedEdition {
    const { config, settings, injection, zones } = this.#served;
    const { http, https } = this.#keeper?.ports ?? { http: null, https: null };
    worker.config = config;
    const listen = { ...config.listen, http: http ?? false, https: https ?? false } as const;
    const known = [...keyedOrigins(zones)].map(({ key, origin }) => ({
      ...key,
      state: origin.standing.state,
    }));
    return {
      config: pack(shareOf({ ...config, listen }, worker.index, this.#options.count)),
      settings: settings.state,
      rules: injection.shared,
      standings: known,
      own: this.#own.places,
    };
  }

  /** Has something put in force by every worker that has the configuration in force; the others learn of it with that. */
  #apply(shared: Shared): void {
    const { config } = this.#served;
    for (const worker of this.#workers.told.filter((one) => one.config === config))
      void this.#untilApplied(within(applyMs, worker.wire.call("share", shared))).catch(() => {});
  }

  async #untilApplied(applying: Promise<unknown>): Promise<void> {
    this.#pending.add(applying);
    try {
      await applying;
    } finally {
      this.#pending.delete(applying);
    }
  }

  /** Tells every worker, and waits for none. */
  #tellAll(shared: Shared): void {
    for (const { wire } of this.#workers.told) void wire.tell("share", shared);
  }

  #take({ text, lines: count, dropped, sampledOut, droppedConnections, counts }: Report): void {
    const { lines } = this.#options;
    const { metrics, capacity } = this.#served;
    if (count > 0) lines.writeAll(text, count);
    if (dropped > 0) lines.lose(dropped, "a worker had more of them than could be taken");
    lines.counts.sampledOut = (lines.counts.sampledOut ?? 0) + sampledOut;
    capacity.connections.dropped += droppedConnections;
    metrics.absorb(counts);
  }

  #notice({ failed, bound, certificates }: Notices): void {
    const { zones } = this.#served;
    for (const { count, trouble, ...key } of failed) {
      const found = originWith(key, zones);
      if (found === null) continue;
      const { pool, origin } = found;
      for (let left = Math.min(count, mostFailed); left > 0; left -= 1)
        origin.standing.ended({ trouble, status: 0 }, () => pool.canSpare(origin));
    }
    for (const { zone: name, address, originId } of bound)
      zones.find((zone) => zone.name === name)?.affinity?.learn(address, originId);
    // Whoever told of it, too: of two that tell of one client, all go by the one that was heard last.
    if (bound.length > 0) this.#tellAll({ bindings: bound });
    for (const { expiresAt, ...key } of certificates)
      originWith(key, zones)?.origin.standing.sawCertificate(expiresAt);
  }
}

function sumByOrigin(loads: readonly SharedLoad[]): ReadonlyMap<string, OriginLoad> {
  const sums = new Map<string, OriginLoad>();
  for (const { load, ...key } of loads) {
    const sum = sums.get(keyText(key)) ?? noLoad;
    sums.set(keyText(key), {
      outstanding: sum.outstanding + load.outstanding,
      idle: sum.idle + load.idle,
      active: sum.active + load.active,
      connecting: sum.connecting + load.connecting,
      queued: sum.queued + load.queued,
    });
  }
  return sums;
}
