// Step one of connect: from a name to addresses, through c-ares, so that one dead resolver cannot stall other zones.
// (getaddrinfo runs on libuv's four threads: four hanging lookups stop every other one.)

import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { clearTimeout, setImmediate, setTimeout } from "node:timers";

import { hostsFileAddresses } from "./hosts-file.ts";
import { codeOf, PhaseError } from "./phase-error.ts";

/** Where a name's addresses came from. */
export type AddressSource = "literal" | "hosts" | "localhost" | "dns";

/** The addresses of a name, in the order in which to try them. */
export interface Resolved {
  readonly addresses: readonly string[];
  readonly source: AddressSource;
  /** Until when the answer is good, in milliseconds since the epoch; null where nobody says. */
  readonly expiresAt: number | null;
}

/** RFC 8305 §3: how long to wait for the other family once one has answered. */
const resolutionDelayMs = 50;

/** Of two answers, the code that says more comes first: a name that does not exist settles both families. */
const tellingFirst = [
  "ENOTFOUND",
  "ESERVFAIL",
  "EREFUSED",
  "EBADRESP",
  "EFORMERR",
  "ENOTIMP",
  "ECONNREFUSED",
  "ETIMEOUT",
  "ENODATA",
];

interface FamilyAnswer {
  readonly addresses: readonly { readonly address: string; readonly ttl: number }[];
  readonly error: unknown;
}

/** Resolves names by one set of servers, remembering answers for as long as their TTL allows. */
export class NameResolver {
  readonly #servers: readonly string[];
  #deadlineMs: number;
  readonly #known = new Map<string, Resolved>();
  readonly #asked = new Map<string, Promise<Resolved>>();
  /** Told when a name has other addresses than it had when it was asked for before. */
  onChange: ((name: string, addresses: readonly string[]) => void) | null = null;
  /** Made when a name is first asked for: most origins are literals, and a channel is not cheap. */
  #dns: Resolver | null = null;
  /** Channels with another deadline, as long as a lookup is under way. */
  readonly #former = new Set<Resolver>();

  /** `servers` as `address` or `address:port`; none means the system's. `deadlineMs` bounds one whole lookup. */
  constructor(servers: readonly string[], deadlineMs: number) {
    this.#servers = servers;
    this.#deadlineMs = deadlineMs;
  }

  /** Resolves a name, address literal or `localhost` name. Rejects only with {@link PhaseError} (phase `dns`). */
  async resolve(host: string, deadlineMs: number): Promise<Resolved> {
    const name = host.toLowerCase().replace(/\.$/, "");
    if (isIP(name) !== 0) return { addresses: [name], source: "literal", expiresAt: null };
    const fromFile = hostsFileAddresses(name);
    if (fromFile.length > 0) return { addresses: fromFile, source: "hosts", expiresAt: null };
    // RFC 6761 §6.3: localhost names are loopback, whatever a resolver says.
    if (name === "localhost" || name.endsWith(".localhost"))
      return { addresses: ["127.0.0.1", "::1"], source: "localhost", expiresAt: null };

    const known = this.#known.get(name);
    if (known !== undefined && (known.expiresAt ?? 0) > Date.now()) return known;
    return this.#withDeadline(name, this.#asked.get(name) ?? this.#ask(name), deadlineMs);
  }

  /** Asks for a name again, beside whatever is under way, if what is known of it has become too old. */
  refresh(name: string): void {
    const known = this.#known.get(name);
    if (known === undefined || (known.expiresAt ?? 0) > Date.now() || this.#asked.has(name)) return;
    void this.#ask(name);
  }

  /** Bounds lookups from now on; those under way keep the bound that they began with. */
  setDeadline(deadlineMs: number): void {
    if (deadlineMs === this.#deadlineMs) return;
    this.#deadlineMs = deadlineMs;
    const former = this.#dns;
    if (former === null) return;
    this.#dns = null;
    this.#former.add(former);
    void Promise.allSettled(this.#asked.values()).then(() => this.#former.delete(former));
  }

  /** Gives up every lookup under way. */
  close(): void {
    for (const dns of this.#former) dns.cancel();
    this.#dns?.cancel();
  }

  async #withDeadline(
    name: string,
    answer: Promise<Resolved>,
    deadlineMs: number,
  ): Promise<Resolved> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, reject) => {
      const late = (): void => reject(this.#failure(name, "DEADLINE", undefined));
      timer = setTimeout(() => void setImmediate(late), deadlineMs);
    });
    try {
      return await Promise.race([answer, deadline]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** One lookup for everybody who asks for the same name meanwhile. */
  #ask(name: string): Promise<Resolved> {
    const asked = this.#askBothFamilies(name).finally(() => this.#asked.delete(name));
    asked.catch(() => {}); // Whoever waits sees it; nobody may be left waiting after a deadline.
    this.#asked.set(name, asked);
    return asked;
  }

  async #askBothFamilies(name: string): Promise<Resolved> {
    const dns = this.#channel;
    const four = toAnswer(dns.resolve4(name, { ttl: true }));
    const six = toAnswer(dns.resolve6(name, { ttl: true }));
    const first = await Promise.race([four, six]);
    const isSettled = first.addresses.length > 0 || codeOf(first.error) === "ENOTFOUND";
    const [a, aaaa] = isSettled
      ? await Promise.all([within(four), within(six)])
      : await Promise.all([four, six]);

    const records = interleave(a?.addresses ?? [], aaaa?.addresses ?? []);
    if (records.length === 0) {
      const errors = [a?.error, aaaa?.error].filter((error) => error !== undefined);
      errors.sort(
        (left, right) => tellingFirst.indexOf(codeOf(left)) - tellingFirst.indexOf(codeOf(right)),
      );
      throw this.#failure(name, codeOf(errors[0]) || "ENODATA", errors[0]);
    }
    // Half an answer is good enough to connect with, but not to remember.
    const isWhole = a !== null && aaaa !== null;
    const ttlSeconds = isWhole ? Math.min(...records.map(({ ttl }) => ttl)) : 0;
    const resolved: Resolved = {
      addresses: records.map(({ address }) => address),
      source: "dns",
      expiresAt: Date.now() + ttlSeconds * 1000,
    };
    if (ttlSeconds > 0) this.#remember(name, resolved);
    return resolved;
  }

  #remember(name: string, resolved: Resolved): void {
    const before = this.#known.get(name);
    this.#known.set(name, resolved);
    const isSame =
      before === undefined ||
      before.addresses.toSorted().join(" ") === resolved.addresses.toSorted().join(" ");
    if (!isSame) this.onChange?.(name, resolved.addresses);
  }

  /** A channel of its own for each zone, so that what one name does to it harms no other zone's. */
  get #channel(): Resolver {
    if (this.#dns === null) {
      // A lost packet gets two more chances within the deadline.
      this.#dns = new Resolver({
        timeout: Math.max(20, Math.floor(this.#deadlineMs / 3)),
        tries: 3,
      });
      if (this.#servers.length > 0) this.#dns.setServers(this.#servers);
    }
    return this.#dns;
  }

  #failure(name: string, code: string, cause: unknown): PhaseError {
    return new PhaseError("dns", code, {
      evidence: { name, resolver: this.#channel.getServers().join(", "), answer: code },
      cause,
    });
  }
}

function toAnswer(
  records: Promise<readonly { address: string; ttl: number }[]>,
): Promise<FamilyAnswer> {
  return records.then(
    (addresses) => ({ addresses, error: undefined }),
    (error: unknown) => ({ addresses: [], error }),
  );
}

/** The answer if it comes within the resolution delay, else null. */
function within(answer: Promise<FamilyAnswer>): Promise<FamilyAnswer | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), resolutionDelayMs);
    void answer.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

/** Families take turns, IPv4 first: development machines and containers often have no IPv6 route. @see RFC 8305 §4 */
function interleave<T>(left: readonly T[], right: readonly T[]): T[] {
  const longest = Math.max(left.length, right.length);
  return Array.from({ length: longest }, (_, index) => [left[index], right[index]])
    .flat()
    .filter((item) => item !== undefined);
}
