// A worker process: a gateway that takes requests, and knows and does what the primary tells it. It has no admin port, checks no origin
// and reads no file.

import cluster from "node:cluster";
import { clearInterval, setInterval } from "node:timers";
import { setImmediate } from "node:timers/promises";

import { type Logger, pino } from "pino";

import { slotMs } from "../admin/exchange-feed.ts";
import { type ExchangeList, type ExchangeQuery, KeptExchanges } from "../admin/exchange-source.ts";
import type { Page } from "../admin/exchange-pages.ts";
import type { ExchangeView } from "../admin/schemas.ts";
import { Gateway } from "../gateway.ts";
import { shareCertificates } from "../listen/load-certificates.ts";
import { OwnAddresses } from "../listen/own-addresses.ts";
import { shareSessionKey } from "../pick/affinity-cookie.ts";
import type { ExchangeFilter } from "../record/exchange-filter.ts";
import { RecentExchanges } from "../record/recent-exchanges.ts";
import { ReloadRecord } from "../record/reload-record.ts";
import { FlightRecorder } from "./flight-recorder.ts";
import type {
  PrimaryCalls,
  Shared,
  SharedEdition,
  Start,
  WorkerCalls,
  WorkerNumbers,
} from "./messages.ts";
import { unpack } from "./packed-config.ts";
import { Reporter } from "./reporter.ts";
import { seqOf } from "./seq.ts";
import { ToldHealth } from "./told-health.ts";
import { Wire } from "./wire.ts";

/** The flight recorder's file; see WorkerProcess. */
const flightsFd = 4;

/** Works for the process that has started this one, until that says otherwise or ends. */
export async function serveAsWorker(): Promise<void> {
  if (!cluster.isWorker || process.send === undefined)
    throw new Error("this is no command for people: edgecase serve --workers starts its workers");
  // A terminal sends them to every process of the group; it is the primary that ends or reloads.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
  const worker = new ServingWorker();
  process.on("message", (message) => worker.wire.receive(message as never));
  process.on("uncaughtException", (defect) => void worker.fail(defect));
  process.on("unhandledRejection", (defect) => void worker.fail(defect));
  await worker.wire.tell("loaded");
}

/** What there is once it has started. */
interface Serving {
  readonly gateway: Gateway;
  readonly messages: Logger;
  readonly reporter: Reporter;
  readonly health: ToldHealth;
  readonly exchanges: KeptExchanges;
  readonly own: OwnAddresses;
}

class ServingWorker implements WorkerCalls {
  readonly wire = new Wire<PrimaryCalls, WorkerCalls>(
    (message, done) => process.send?.(message, undefined, undefined, done),
    this,
  );
  #serving: Serving | null = null;
  /** What is to be put in force, one after the other, in the order in which it came. */
  #queue: Promise<unknown> = Promise.resolve();
  readonly #readers = new Set<number>();
  #timer: NodeJS.Timeout | null = null;
  #isFailing = false;

  start(start: Start): Promise<void> {
    return this.#next(async () => {
      this.#serving = this.#make(start);
      const { gateway } = this.#serving;
      await gateway.start();
      for (const { name, affinity } of gateway.zones) {
        const state = start.affinities.get(name);
        if (state !== undefined) affinity?.follow(state);
      }
      for (const [reader, filter] of start.readers) this.open(reader, filter);
    });
  }

  reload(edition: SharedEdition): Promise<void> {
    return this.#next(async () => {
      const { gateway } = this.#now;
      // It is in force when the call returns; what follows is, too, before any request can come.
      const adapting = gateway.reload(unpack(edition.config));
      this.#apply(edition, true);
      await adapting;
    });
  }

  share(shared: Shared): Promise<void> {
    return this.#next(async () => this.#apply(shared, false));
  }

  async gather(): Promise<WorkerNumbers> {
    const { gateway, reporter, health } = this.#now;
    await reporter.report();
    return { ...gateway.capacity.numbers, loads: health.loads };
  }

  list(query: ExchangeQuery): Promise<ExchangeList> {
    return this.#now.exchanges.list(query);
  }

  view(ray: string): Promise<ExchangeView | null> {
    return this.#now.exchanges.view(ray);
  }

  page(ray: string): Promise<Page | null> {
    return this.#now.exchanges.page(ray);
  }

  open(reader: number, filter: ExchangeFilter): void {
    const { feed } = this.#now.exchanges;
    feed.open(reader, filter);
    this.#readers.add(reader);
    this.#timer ??= setInterval(() => void this.wire.tell("passed", feed.take()), slotMs).unref();
  }

  shut(reader: number): void {
    this.#now.exchanges.feed.shut(reader);
    this.#readers.delete(reader);
    if (this.#readers.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  async close(graceMs: number): Promise<void> {
    const { gateway, reporter } = this.#now;
    await gateway.close(graceMs);
    await reporter.end();
    void setImmediate().then(() => process.disconnect()); // When the answer has left. Node ends the process then.
  }

  /** Nobody knows what state a defect has left. Another worker takes its place, while this one ends what it has under way. */
  async fail(defect: unknown): Promise<never> {
    const { gateway, messages, reporter } = this.#serving ?? {};
    if (messages === undefined) process.stderr.write(`${String(defect)}\n`);
    messages?.fatal({ err: defect }, "a worker has met a defect, and ends");
    if (this.#isFailing || gateway === undefined) process.exit(1);
    this.#isFailing = true;
    void this.wire.tell("failing");
    await gateway.close(gateway.config.shutdown.graceMs);
    await reporter?.end();
    process.exit(1);
  }

  #make({ index, edition, sessionKey, ca, begunAt }: Start): Serving {
    const config = unpack(edition.config);
    const messages = pino(
      { level: config.log.level, base: { worker: index + 1 } },
      pino.destination({ dest: 2, sync: true }),
    );
    shareSessionKey(sessionKey);
    const reporter = new Reporter();
    const flights = new FlightRecorder(flightsFd, reporter);
    const health = new ToldHealth((notices) => void this.wire.tell("notice", notices));
    const own = new OwnAddresses();
    const gateway = new Gateway(config, reporter, messages, {
      own,
      sharesPorts: true,
      recent: new RecentExchanges(seqOf(index + 1, begunAt)),
      health: () => health,
      witness: flights,
      reloads: new ReloadRecord(pino({ level: "silent" })), // The primary tells of them.
      office: {
        decide: (ids) => this.wire.call("decide", ids),
        get: (name) => this.wire.call("broken", name),
        close: async () => {},
      },
      ...(ca !== null && { certificates: () => shareCertificates(config.listen, ca) }),
    });
    const send = (report: Parameters<PrimaryCalls["report"]>[0]) =>
      this.wire.tell("report", report);
    const { metrics, capacity } = gateway;
    reporter.begin({ send, metrics, connections: capacity.connections, flights });
    const exchanges = new KeptExchanges(gateway.recent);
    const serving = { gateway, messages, reporter, health, exchanges, own };
    apply(serving, edition, true);
    return serving;
  }

  #apply(shared: Shared, isAll: boolean): void {
    apply(this.#now, shared, isAll);
  }

  get #now(): Serving {
    if (this.#serving === null) throw new Error("the worker has not started");
    return this.#serving;
  }

  #next<T>(putInForce: () => Promise<T>): Promise<T> {
    const applied = this.#queue.then(putInForce);
    this.#queue = applied.catch(() => {});
    return applied;
  }
}

/** Puts in force what the primary has; `isAll` where it is everything. */
function apply({ gateway, health, own }: Serving, shared: Shared, isAll: boolean): void {
  const { settings, rules, standings, bindings, own: places } = shared;
  if (places !== undefined) own.share(places);
  if (settings !== undefined) gateway.settings.follow(settings);
  if (rules !== undefined) gateway.injection.follow(rules);
  if (standings !== undefined) health.follow(standings, isAll);
  for (const { zone: name, address, originId } of bindings ?? [])
    gateway.zones.find((zone) => zone.name === name)?.affinity?.learn(address, originId);
}
