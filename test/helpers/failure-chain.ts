// The whole chain of one failure, link by link: what the client gets in every profile and mode, what is counted, what is logged.
// Each file in test/failures says what its failure is; this provokes it over real sockets and looks at every link.

import { describe, expect, test } from "vitest";

import {
  explanations,
  type FailureType,
  failureTypes,
  type Phase,
  type ProfileName,
  reasons,
} from "../../edge-codes/index.ts";
import type { FixtureRequest } from "../../fixtures/fixture.ts";
import type { ConfigFile, ZoneFile } from "../../src/config/schema.ts";
import { type LogLine, startGateway, waitFor, type ZooGateway } from "./gateway.ts";
import { field, RawConnection, type RawResponse } from "./raw-client.ts";

/** A failure, how to provoke it, and what must come of it. */
export interface FailureChain {
  /** The member of the zoo that stands behind the zone; its own request is sent unless `request` says otherwise. */
  readonly fixture: string;
  readonly type: FailureType;
  readonly reason: string | null;
  readonly phase: Phase;
  /** The code in each profile that ships, as the documentation has it: written out here, not read from the tables. */
  readonly codes: Readonly<Record<ProfileName, number>>;
  readonly request?: FixtureRequest & { readonly host?: string };
  /** The zone that counts the failure, if it is not the fixture's own. */
  readonly zone?: string;
  readonly config?: Pick<ConfigFile, "timeouts" | "limits">;
  readonly zoneConfig?: Partial<ZoneFile>;
  /** Runs before the request that fails. */
  readonly before?: (gateway: ZooGateway) => Promise<void>;
}

/** A failed request: what the client got, and its access line. */
export interface Provoked {
  readonly response: RawResponse;
  readonly line: LogLine;
}

/** Statuses of the codes that are no statuses themselves. */
const statuses: Readonly<Record<number, number>> = { 1000: 403, 1001: 409, 1003: 403, 1016: 530 };

const stepNames: Readonly<Record<Phase, string>> = {
  edge: "Edge",
  dns: "DNS",
  tcp: "TCP",
  tls: "TLS",
  http: "HTTP",
};

/** The keys of every access line. */
const lineKeys =
  "time level msg ray zone client method host path protocol status code failure reason phase late detail origin originIp originStatus reused retries requestBytes responseBytes dnsMs tcpMs tlsMs responseMs totalMs injected";

/** Declares the tests of a failure's whole chain. */
export function testFailureChain(chain: FailureChain): void {
  const { fixture, type, reason, phase, codes, zone = `${fixture}.test` } = chain;
  const code = codes.cloudflare;

  describe(`${type}, from the socket to the log`, () => {
    test.each(Object.entries(codes))("profile %s makes it %i", async (profile, expected) => {
      await using gateway = await startChain(chain, { profile });

      const { response } = await provoke(gateway, chain, "application/json");

      expect({
        status: response.status,
        ending: response.ending,
        code: json(response)["error_code"],
      }).toEqual({
        status: statuses[expected] ?? expected,
        ending: "complete",
        code: expected,
      });
      expect(await gateway.metric("edgecase_errors_total", { zone, code: String(expected) })).toBe(
        1,
      );
    });

    test("codes: generic tells the client less, and the metrics as much as ever", async () => {
      await using gateway = await startChain(chain, { codes: "generic" });

      const { response, line } = await provoke(gateway, chain);

      const told = String(codes.generic);
      expect(String(response.status)).toBe(told);
      expect(line).toMatchObject({ status: codes.generic, code, failure: type, reason });
      expect(await gateway.metric("edgecase_requests_total", { zone, status: told })).toBe(1);
      expect(await gateway.metric("edgecase_errors_total", { zone })).toBe(1);
      expect(await gateway.metric("edgecase_errors_total", { zone, code: String(code) })).toBe(1);
    });

    test("Proxy-Status names it when pages are verbose", async () => {
      await using gateway = await startChain(chain, { pages: "verbose" });

      const { response } = await provoke(gateway, chain);

      const proxyStatus = field(response, "proxy-status") ?? "";
      expect(`${proxyStatus};`.startsWith(`edgecase; error=${type};`), proxyStatus).toBe(true);
      expect(/details="([^"]*)"/.exec(proxyStatus)?.[1] ?? null).toBe(reason);
      expect(field(response, "cf-error-type")).toBe(String(code));
    });

    test("no field names it when pages are sanitized", async () => {
      await using gateway = await startChain(chain, { pages: "sanitized" });

      const { response } = await provoke(gateway, chain);

      const telling = ["proxy-status", "cf-error-type", "retry-after"].filter(
        (name) => field(response, name) !== undefined,
      );
      expect(telling).toEqual([]);
    });

    test("a verbose page marks the step that broke, and says what it was and what may be the cause", async () => {
      await using gateway = await startChain(chain, { pages: "verbose" });

      const { response } = await provoke(gateway, chain, "text/html");

      const page = response.body.toString();
      const text = textOf(page);
      const { title, likelyCauses } = words(type, reason);
      expect(brokenSteps(page)).toEqual([stepNames[phase]]);
      expect(text).toContain(title);
      expect(likelyCauses.filter((cause) => !text.includes(cause))).toEqual([]);
    });

    test.each(["detailed", "generic"] as const)(
      "a sanitized answer with %s codes shows nothing of it",
      async (mode) => {
        await using gateway = await startChain(chain, { codes: mode, pages: "sanitized" });
        const secrets = [
          type,
          ...(reason?.includes("_") ? [reason] : []),
          ...secretsOf(gateway, fixture),
        ];

        const { response } = await provoke(gateway, chain, "text/html");

        const answer = response.bytes.toString();
        expect(response.ending).toBe("complete");
        expect(secrets.filter((secret) => answer.includes(secret))).toEqual([]);
      },
    );

    test("it is counted once, with its phase and reason", async () => {
      await using gateway = await startChain(chain, {});

      await provoke(gateway, chain);

      const labels = { zone, failure: type, reason: reason ?? "", phase, late: "false" };
      expect(await gateway.metric("edgecase_failures_total", labels)).toBe(1);
      expect(await gateway.metric("edgecase_failures_total")).toBe(1);
    });

    test("its access line has the failure, its code, and every key there is", async () => {
      await using gateway = await startChain(chain, {});

      const { line } = await provoke(gateway, chain);

      expect(line).toMatchObject({
        failure: type,
        reason,
        phase,
        code,
        status: statuses[code] ?? code,
        originStatus: 0,
        late: false,
      });
      expect(Object.keys(line).toSorted()).toEqual(lineKeys.split(" ").toSorted());
    });
  });
}

/** A gateway in front of the chain's fixture, with these settings for what clients are told. */
export function startChain(
  { fixture, config, zoneConfig }: FailureChain,
  errors: NonNullable<ConfigFile["errors"]>,
): Promise<ZooGateway> {
  return startGateway({
    fixtures: [fixture],
    errors,
    ...config,
    ...(zoneConfig !== undefined && { zone: zoneConfig }),
  });
}

/** Sends the request that fails, as often as the fixture wants it, and waits for the last one's access line. */
export async function provoke(
  gateway: ZooGateway,
  {
    fixture: name,
    type,
    request,
    before,
  }: Pick<FailureChain, "fixture" | "type" | "request" | "before">,
  accept = "text/plain",
): Promise<Provoked> {
  const fixture = gateway.zoo.members.find((member) => member.fixture.name === name)?.fixture;
  const {
    host = `${name}.test`,
    method = "GET",
    headers = [],
    bodyBytes = 0,
    times = 1,
  }: NonNullable<FailureChain["request"]> = request ?? fixture?.request ?? {};
  await before?.(gateway);
  const connection = new RawConnection(gateway.port);
  try {
    for (let count = 1; ; count += 1) {
      // oxlint-disable-next-line no-await-in-loop -- One request after the other, over one connection.
      const response = await connection.request({
        method,
        bodyBytes,
        headers: [["Host", host], ["Accept", accept], ...headers],
      });
      // oxlint-disable-next-line no-await-in-loop -- The origin's connection is kept once the request is recorded.
      await waitFor(() => gateway.lines.length >= count, "the request was not recorded", 4_000);
      if (count === times)
        return { response, line: await gateway.line((entry) => entry["failure"] === type) };
    }
  } finally {
    connection.close();
  }
}

/** What no sanitized answer may show of a fixture: where it is, and that it is a machine at all. */
export function secretsOf(gateway: Pick<ZooGateway, "zoo">, name: string): string[] {
  const started = gateway.zoo.members.find((member) => member.fixture.name === name)?.started;
  return [started?.origin ?? "", ...(started?.moreOrigins ?? [])]
    .filter(Boolean)
    .flatMap(placesIn)
    .concat(gateway.zoo.hostName, "127.0.0.1");
}

/** Host, port and path of an origin, as a zone has it. */
function placesIn(origin: string): string[] {
  if (origin.startsWith("unix:")) return [origin.slice("unix:".length)];
  const { hostname, port } = new URL(origin);
  return [hostname, port].filter((part) => part.length > 1);
}

/** The words that the tables have for a failure. */
export function words(
  type: FailureType,
  reason: string | null,
): { title: string; likelyCauses: readonly string[] } {
  const ofType: Readonly<Record<string, { title: string; likelyCauses: readonly string[] }>> =
    reasons[type];
  return (
    (reason === null ? undefined : ofType[reason]) ?? {
      title: failureTypes[type].title,
      likelyCauses: explanations[type].likelyCauses,
    }
  );
}

/** The names of the steps that a page marks as broken. */
export function brokenSteps(page: string): string[] {
  return [...page.matchAll(/<li class="broken">[^]*?<b>(\w+)<\/b>/g)].map(([, name = ""]) => name);
}

/** A page's text, as a browser would show it, with one space wherever there is any. */
export function textOf(page: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&#39;": "'",
    "&amp;": "&",
  };
  return page
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/&(?:lt|gt|quot|#39|amp);/g, (entity) => entities[entity] ?? entity);
}

/** A JSON answer's members. */
export function json(response: RawResponse): Record<string, unknown> {
  return JSON.parse(response.body.toString()) as Record<string, unknown>;
}
