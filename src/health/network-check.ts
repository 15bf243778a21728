// A check over the network: the origin is connected to, and for http and https asked, as a request would; what is wrong has the
// words that a request's failure has.

import { classifyOpening } from "../classify/classify-opening.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import type { MonitorConfig } from "../config/gateway-config.ts";
import { connectTo, type ConnectOptions } from "../connect/connect.ts";
import { PhaseError } from "../connect/phase-error.ts";
import type { NameResolver } from "../connect/resolve.ts";
import { authorityOf, type Target } from "../connect/target.ts";
import { ask, type Asked, mayAskAgain } from "../exchange/asking.ts";
import { ConnectionPool } from "../exchange/connection-pool.ts";
import { type Trouble, troubleOf } from "../pick/standing.ts";
import { version } from "../version.ts";
import { type CheckSubject, firstHostOf, mayBeHttp2 } from "./check-subject.ts";
import { type Redirect, redirectOf } from "./redirect.ts";

/** How a check ended. */
export interface CheckResult {
  /** Null if the origin is well. */
  readonly trouble: Trouble | null;
  /** When the certificate that it showed expires, in milliseconds since the epoch; null if it showed none. */
  readonly certificateExpiresAt: number | null;
}

/** What a check over the network stands on. */
export interface NetworkParts {
  readonly resolver: NameResolver;
  /** True for an address and port at which the gateway itself listens. */
  readonly isOwnAddress: (address: string, port: number) => boolean;
  /** Hosts besides the origin's own for which its certificate may be good: those of the zones that have it. */
  readonly hosts: readonly string[];
  readonly signal: AbortSignal;
}

const mostRedirects = 5;
const userAgent = `Edgecase-Health-Check/${version}`;

/** Checks an origin once, in `monitor.timeoutMs` at the most. Never rejects. */
export async function checkByNetwork(
  subject: CheckSubject,
  monitor: MonitorConfig,
  parts: NetworkParts,
): Promise<CheckResult> {
  const check = new NetworkCheck(subject, monitor, parts);
  try {
    const trouble = monitor.type === "tcp" ? await check.connectOnly() : await check.askAll();
    return { trouble, certificateExpiresAt: check.certificateExpiresAt };
  } catch (error) {
    const certificateExpiresAt = check.certificateExpiresAt ?? expiryIn(error);
    return { trouble: troubleOf(classifyOpening(error)), certificateExpiresAt };
  }
}

class NetworkCheck {
  certificateExpiresAt: number | null = null;
  readonly #subject: CheckSubject;
  readonly #monitor: MonitorConfig;
  readonly #parts: NetworkParts;
  readonly #endsAt: number;

  constructor(subject: CheckSubject, monitor: MonitorConfig, parts: NetworkParts) {
    this.#subject = subject;
    this.#monitor = monitor;
    this.#parts = parts;
    this.#endsAt = performance.now() + monitor.timeoutMs;
  }

  /** A connection is all that is wanted; TLS would be more. */
  async connectOnly(): Promise<null> {
    const { socket } = await connectTo({ ...this.#target(), tls: null }, this.#options(""));
    socket.destroy();
    return null;
  }

  /** Asks, follows redirects where that is wanted, and compares. */
  async askAll(): Promise<Trouble | null> {
    const { path, isFollowingRedirects, isInsecureAllowed } = this.#monitor;
    let at: Redirect = { target: this.#target(), path };
    for (let left = isFollowingRedirects ? mostRedirects : 0; ; left -= 1) {
      // oxlint-disable-next-line no-await-in-loop -- A redirect is known only when the one before it has been followed.
      const asked = await this.#ask(at);
      if ("phase" in asked) return troubleOf(asked);
      const next = left > 0 ? redirectOf(asked, at, isInsecureAllowed) : null;
      if (next === null) return compare(asked, this.#monitor);
      at = next;
    }
  }

  async #ask({ target, path }: Redirect): Promise<Asked | OriginFailure> {
    const { zone } = this.#subject;
    // One connection for one check: a kept one would tell nothing of whether there can be new ones.
    const pool = new ConnectionPool(target, {
      ...zone.limits,
      waits: { keepAliveMs: this.#monitor.timeoutMs, queueMs: this.#monitor.timeoutMs },
      isHttp2: mayBeHttp2(target, zone),
    });
    try {
      const asked = await this.#askOver(pool, { target, path });
      return mayAskAgain(asked) ? await this.#askOver(pool, { target, path }) : asked;
    } finally {
      pool.close();
    }
  }

  async #askOver(pool: ConnectionPool, { target, path }: Redirect): Promise<Asked | OriginFailure> {
    const host = this.#hostField(target);
    const lane = await pool.open(this.#options(this.#requestHost(target, host)));
    this.certificateExpiresAt ??= lane.connection.certificateExpiresAt;
    const fields = ["host", host, ...this.#otherFields()];
    return ask(lane, { method: this.#monitor.method, path, fields }, { endsAt: this.#endsAt });
  }

  /** The origin's own if it has one, else the monitor's, else its address. @see Cloudflare docs, Load Balancing, Override HTTP Host headers */
  #hostField(target: Target): string {
    const { hostHeader } = this.#subject.config;
    const isOwn = hostHeader !== "request" && hostHeader !== "origin";
    return (isOwn ? hostHeader : valueIn(this.#monitor.fields, "host")) ?? authorityOf(target);
  }

  /** The host that a request would be for, where the server name depends on it. */
  #requestHost({ tls }: Target, host: string): string {
    const first = tls?.isServerNameFromRequest === true ? firstHostOf(this.#subject) : "";
    return first === "" ? nameIn(host) : first;
  }

  #otherFields(): string[] {
    const { fields } = this.#monitor;
    const isHost = (index: number): boolean =>
      fields[index - (index % 2)]?.toLowerCase() === "host";
    const others = fields.filter((_field, index) => !isHost(index));
    return valueIn(fields, "user-agent") === null ? ["user-agent", userAgent, ...others] : others;
  }

  /** The origin as clients on the scheme of the check are served by it. */
  #target(): Target {
    const { targets } = this.#subject.config;
    const { type, port, isInsecureAllowed } = this.#monitor;
    const target = type === "https" ? targets.https : targets.http;
    const tls = target.tls && {
      ...target.tls,
      isVerified: target.tls.isVerified && !isInsecureAllowed,
      acceptedNames: [...target.tls.acceptedNames, ...this.#parts.hosts],
    };
    return { ...target, port: port ?? target.port, tls };
  }

  /** Each step may take what is left of the whole. */
  #options(requestHost: string): ConnectOptions {
    const endsAt = this.#endsAt;
    const left = (): number => Math.max(1, Math.round(endsAt - performance.now()));
    return {
      resolver: this.#parts.resolver,
      isOwnAddress: this.#parts.isOwnAddress,
      signal: this.#parts.signal,
      requestHost,
      deadlines: {
        get dnsMs() {
          return left();
        },
        get connectMs() {
          return left();
        },
        get handshakeMs() {
          return left();
        },
      },
      progress: { dnsMs: null, tcpMs: null, tlsMs: null, originIp: "" },
    };
  }
}

/** Of a response, what the monitor does not expect. */
function compare({ status, text }: Asked, monitor: MonitorConfig): Trouble | null {
  const { expectedCodes, expectedBody } = monitor;
  if (!expectedCodes.some(([first, last]) => status >= first && status <= last)) {
    const expected = expectedCodes.map(([first, last]) =>
      first === last ? first : `${first}-${last}`,
    );
    const detail = `the origin answered ${status}, and ${expected.join(", ")} is expected`;
    return { type: "response_code_mismatch", reason: null, detail };
  }
  if (expectedBody === "" || text.toLowerCase().includes(expectedBody)) return null;
  const detail = `the first 10 KB of the answer do not hold "${expectedBody}"`;
  return { type: "response_body_mismatch", reason: null, detail };
}

function expiryIn(error: unknown): number | null {
  const date = error instanceof PhaseError ? error.certificate?.validTo : undefined;
  return date === undefined ? null : Date.parse(date);
}

/** The first value of a field, of names and values in turn; null if it is not there. */
function valueIn(fields: readonly string[], wanted: string): string | null {
  const at = fields.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === wanted);
  return at < 0 ? null : (fields[at + 1] ?? null);
}

/** A Host field's host. */
function nameIn(host: string): string {
  return host
    .replace(/:\d+$/, "")
    .replace(/^\[|\]$/g, "")
    .toLowerCase();
}
