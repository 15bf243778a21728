// A gateway for a test: in the test's own process, on a free port, with everything that it did at hand.

import type { FaultRequest, FaultView } from "../admin/fault-schemas.ts";
import type { SettingsRequest, Summary } from "../admin/schemas.ts";
import type { ConfigFile, ZoneFile } from "../config/schema.ts";
import type { EdgeGateway } from "../edge-gateway.ts";
import type { ExchangeFilter } from "../record/exchange-filter.ts";
import type { BrokenOrigin } from "./fixture.ts";

/** What to start: a configuration, or one origin and what else there is to say of its zone. */
export interface EdgecaseOptions extends ConfigFile {
  /** The origin of one zone for every host; several are tried in order. In place of `zones`. */
  readonly origin?: string | readonly string[] | BrokenOrigin;
  /** What else that zone has to say, such as `ssl` or `originCa`. */
  readonly zone?: Omit<Partial<ZoneFile>, "hosts" | "origins" | "pools">;
}

/** Which requests have an injected fault, and how: what POST /api/faults takes, and `times` for its `count`. */
export interface InjectOptions extends Omit<FaultRequest, "fault" | "count"> {
  readonly times?: number;
}

/** A gateway that runs for a test. */
export interface Edgecase extends AsyncDisposable {
  /** Where it is reached, such as `http://127.0.0.1:40123`, without a slash at the end. */
  readonly url: string;
  /** The same over HTTPS; null unless `listen.https` is a port (0 takes a free one). */
  readonly secureUrl: string | null;
  /** PEM of the CA that signs for `secureUrl`, to be trusted by the client under test; null without HTTPS. */
  readonly caPem: string | null;
  /** Its metrics, admin API and dashboard; null unless `admin.port` is a port (0 takes a free one). */
  readonly adminUrl: string | null;
  /** What passed so far and has every value named, newest first: the objects of GET /api/exchanges. */
  exchanges(filter?: ExchangeFilter): Summary[];
  /**
   * The value of a metric's sample, by the name and labels that it is scraped with; several that have these labels add up. 0 if
   * there is none yet. Rejects with a RangeError if there is no such metric.
   */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  /**
   * Lets requests fail from now on, for real: `"502"` or any other code, `"connection_refused"`, `"expired"`, `"cut"`, as docs/inject.md has it.
   * `times` is how many; without it every one. Resolves when it is in force. Rejects with a ConfigError if it cannot be had.
   */
  inject(fault: string | number, options?: InjectOptions): Promise<FaultView>;
  /** Lets every request fail so from now on, in place of what was injected before. */
  fail(fault: string | number): Promise<FaultView>;
  /** Clears whatever was injected: requests go their way again. */
  recover(): void;
  /** Changes `codes`, `pages`, `profile` or `clock` from the next answer on. Throws a ConfigError if that cannot be. */
  set(change: SettingsRequest): void;
  /** Closes every connection and the port; may be called again. */
  close(): Promise<void>;
}

/**
 * Starts a gateway on a free port of 127.0.0.1, without HTTPS and admin port unless they are asked for.
 *
 * Rejects with a ConfigError if the configuration cannot be used. Its timers are real, whatever fake ones there are.
 */
export async function startEdgecase(options: EdgecaseOptions): Promise<Edgecase> {
  const { completed, ProgramGateway } = await import("../program-gateway.ts");
  const prepared = await prepare(options);
  let gateway: EdgeGateway;
  try {
    const { config } = prepared;
    gateway = new ProgramGateway(config, () => completed(config), { keepExchanges: true });
    await gateway.start();
  } catch (error) {
    await prepared.closeOrigin();
    throw error;
  }
  const close = async (): Promise<void> => {
    await gateway.close();
    await prepared.closeOrigin();
  };
  return {
    url: gateway.urls.http ?? gateway.urls.https ?? "",
    secureUrl: gateway.urls.https,
    caPem: gateway.caPem,
    adminUrl: gateway.urls.admin,
    exchanges: (filter) => gateway.exchanges(filter),
    metric: (name, labels) => gateway.metric(name, labels),
    inject: (fault, { times, ...which } = {}) =>
      gateway.inject({ fault, ...which, ...(times !== undefined && { count: times }) }),
    fail: (fault) => {
      gateway.clearFaults();
      return gateway.inject({ fault });
    },
    recover: () => gateway.clearFaults(),
    set: (change) => gateway.set(change),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A configuration, and what ends the origin that was started for it. */
interface Prepared {
  readonly config: ConfigFile;
  closeOrigin(): Promise<void>;
}

/** The origin, if it is a broken one, is started here. */
async function prepare({ origin, zone, ...rest }: EdgecaseOptions): Promise<Prepared> {
  const config: ConfigFile = {
    ...rest,
    listen: { http: 0, https: false, ...rest.listen },
    admin: { port: false, ...rest.admin },
  };
  if (origin === undefined && zone === undefined) return { config, closeOrigin: async () => {} };
  if (config.zones !== undefined) await refuse("zones", "must not stand beside origin or zone");
  if (origin === undefined) return refuse("origin", "must be there where zone is");
  if (typeof origin === "object" && "fixture" in origin) {
    const { startBrokenOrigin } = await import("./broken-origin.ts");
    const broken = await startBrokenOrigin(origin.fixture, zone);
    const timeouts = { ...broken.timeouts, ...config.timeouts };
    return {
      config: { ...config, timeouts, zones: broken.zones },
      closeOrigin: () => broken.close(),
    };
  }
  const origins = typeof origin === "string" ? [origin] : [...origin];
  return {
    config: { ...config, zones: [{ ...zone, hosts: ["*"], origins }] },
    closeOrigin: async () => {},
  };
}

async function refuse(path: string, rule: string): Promise<never> {
  const { ConfigError } = await import("../config/config-error.ts");
  throw new ConfigError(null, [{ path, rule }]);
}
