// The attack: a client asks for what fails, again and again, and compares: statuses, fields, lengths, words. Each difference tells of what
// stands behind the gateway: which machines there are, what they speak, which of their ports are open (CWE-204, CWE-209).
//
// Over the whole zoo: with generic codes and sanitized pages there is no difference, with detailed codes none but the code.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Code, codes, failureTypes, profiles, reasons } from "../../edge-codes/index.ts";
import { fixtures } from "../../fixtures/index.ts";
import type { Zoo, ZooMember } from "../../fixtures/zoo.ts";
import { startGateway, type ZooGateway } from "../helpers/gateway.ts";
import { field, RawConnection, type RawResponse } from "../helpers/raw-client.ts";

const forms = [
  "text/html",
  "application/problem+json",
  "application/json",
  "text/markdown",
  "text/plain",
] as const;
const modes = ["generic", "detailed"] as const;

/** An answer to the request that shows a fixture's fault. */
interface Told {
  readonly member: ZooMember;
  readonly accept: string;
  readonly response: RawResponse;
  /** Every byte of it, without ray id and dates, and without interim responses, which are the origin's own. */
  readonly text: string;
}

/** So many requests are under way at the same time. */
const lanes = 48;

const told: Record<(typeof modes)[number], Told[]> = { generic: [], detailed: [] };
let zoo: Zoo;
let gateway: ZooGateway;

beforeAll(async () => {
  gateway = await startGateway({
    fixtures,
    errors: { pages: "sanitized" },
    timeouts: {
      dnsMs: 400,
      connectMs: 400,
      handshakeMs: 400,
      responseMs: 400,
      bodyIdleMs: 400,
      writeMs: 200,
    },
  });
  zoo = gateway.zoo;
  for (const mode of modes) {
    gateway.gateway.settings.change({ codes: mode });
    told[mode] = await askAll();
  }
}, 60_000);

afterAll(async () => {
  await gateway.close();
});

/** Every failure of the zoo that has an answer, in every form. */
async function askAll(): Promise<Told[]> {
  const failing = zoo.members.filter(
    ({ fixture: { expects } }) => "failure" in expects && expects.late !== true,
  );
  // Forms outside, so that a fixture's own requests are far apart.
  const queue = forms.flatMap((accept) => failing.map((member) => ({ member, accept })));
  const answers: Told[] = [];
  const lane = async (): Promise<void> => {
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      const response = await ask(task.member, task.accept);
      answers.push({ ...task, response, text: withoutRayAndDates(response) });
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return answers;
}

async function ask({ fixture }: ZooMember, accept: string): Promise<RawResponse> {
  const { method = "GET", headers = [], bodyBytes = 0, times = 1 } = fixture.request ?? {};
  const connection = new RawConnection(gateway.port);
  try {
    for (let count = 1; ; count += 1) {
      const response = await connection.request({
        method,
        bodyBytes,
        headers: [["Host", `${fixture.name}.test`], ["Accept", accept], ...headers],
      });
      // What fails at the first try, as a fixture does that has changed for good, has shown its fault.
      if (count === times || response.status >= 400) return response;
    }
  } finally {
    connection.close();
  }
}

function withoutRayAndDates(response: RawResponse): string {
  const ray = (field(response, "cf-ray") ?? "").slice(0, 16);
  return response.bytes
    .toString()
    .replace(/^(?:HTTP\/1\.1 1\d\d [^]*?\r\n\r\n)+/, "")
    .replaceAll(ray === "" ? "no ray" : ray, "RAY")
    .replace(/^Date: .*$/m, "Date: DATE")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "TIME");
}

/** Whether the request itself, whatever becomes of it, leaves a connection that can carry no other. */
function endsConnection({ fixture: { request } }: Told["member"]): boolean {
  const asksForUpgrade = request?.headers?.some(([name]) => name.toLowerCase() === "upgrade");
  return request?.bodyBytes !== undefined || asksForUpgrade === true;
}

/** Answers that differ from the first of their kind, by fixture, in full: the first line that differs is what tells. */
function different(answers: readonly Told[]): string[] {
  const [first] = answers;
  return answers
    .filter(({ text }) => text !== first?.text)
    .map(
      ({ member, response }) =>
        `${member.fixture.name}: ${response.ending}: ${response.bytes.toString()}`,
    );
}

describe("with generic codes and sanitized pages", () => {
  test.each(forms)(
    "all failures are told in the same bytes as %s, but for ray id and dates",
    (form) => {
      const answers = told.generic.filter(
        ({ accept, member }) => accept === form && !endsConnection(member),
      );

      expect(answers.length).toBeGreaterThan(150);
      expect(answers[0]?.text).toMatch(/^HTTP\/1.1 502 /);
      expect(different(answers)).toEqual([]);
    },
  );

  test("a failed upload is told in the same bytes whether the origin has read it, a part of it, or nothing", async () => {
    gateway.gateway.settings.change({ codes: "generic" });
    const names = [
      "refused",
      "nxdomain",
      "expired",
      "resets-after-request",
      "closes-during-upload",
    ];

    const answers = await Promise.all(
      names.map((name) =>
        gateway.request({ method: "POST", host: `${name}.test`, bodyBytes: 300_000 }),
      ),
    );

    const [first = "", ...others] = answers.map(withoutRayAndDates);
    expect(first).toMatch(/^HTTP\/1.1 502 /);
    expect(names.slice(1).filter((_name, index) => others[index] !== first)).toEqual([]);
  });

  test.each([
    ["a host that no zone has", "nobody.test", []],
    [
      "a request that goes round in a circle",
      "refused.test",
      [["CDN-Loop", "edgecase, edgecase, edgecase"]],
    ],
  ] as [string, string, [string, string][]][])(
    "%s is told as any failure is",
    async (_name, host, headers) => {
      gateway.gateway.settings.change({ codes: "generic" });

      const answer = await gateway.get("/", [["Host", host], ["Accept", "text/html"], ...headers]);

      const other = told.generic.find(
        ({ accept, member }) => accept === "text/html" && member.fixture.name === "refused",
      );
      expect(withoutRayAndDates(answer)).toBe(other?.text);
    },
  );

  test("HEAD has the fields of GET, and they are the same for every failure", async () => {
    gateway.gateway.settings.change({ codes: "generic" });
    const names = ["refused", "nxdomain", "expired", "closes-silently", "random-bytes"];

    const answers = await Promise.all(
      names.map((name) =>
        gateway.request({
          method: "HEAD",
          host: `${name}.test`,
          headers: [["Accept", "text/html"]],
        }),
      ),
    );

    const get = told.generic.find(({ accept }) => accept === "text/html")?.text ?? "";
    const head = get.slice(0, get.indexOf("\r\n\r\n") + 4);
    expect(answers.map(withoutRayAndDates)).toEqual(names.map(() => head));
  });
});

/** What a zone's answers must never hold: where the origin is, and every name and code of the machinery. */
const machinery =
  /origin\.zoo\.test|127\.0\.0\.1|::1\b|\bE[A-Z]{4,}\b|UND_ERR|HPE_|ERR_|CERT_|SELF_SIGNED|DEPTH_ZERO|Edgecase Zoo|CN=|\bat .+:\d+:\d+|node:/;
const failureWords = [
  ...Object.keys(failureTypes),
  ...Object.values(reasons).flatMap((ofType) => Object.keys(ofType)),
];
const anyFailureWord = new RegExp(`\\b(?:${failureWords.join("|")})\\b`);

/** The answer without the words of its code, which are the same for everybody who gets that code. */
function withoutCodeWords(text: string, code: Code): string {
  const { name, title, visitor, whatToDo } = codes[code];
  return [visitor, whatToDo, title, name].reduce(
    (rest, words) => rest.replaceAll(words, "").replaceAll(words.replaceAll("'", "&#39;"), ""),
    text,
  );
}

function placesOf({ started: { origin, moreOrigins = [] } }: ZooMember): string[] {
  return [origin, ...moreOrigins].flatMap((url) =>
    url.startsWith("unix:")
      ? [url.slice("unix:".length)]
      : [url, `:${new URL(url).port}`, new URL(url).port],
  );
}

describe.each(modes)("with %s codes and sanitized pages", (mode) => {
  test("no answer holds an address, a name, an errno or a library's code", () => {
    const leaks = told[mode].flatMap(({ member, accept, text }) => {
      const found = machinery.exec(text)?.[0];
      return found === undefined ? [] : [`${member.fixture.name} (${accept}): ${found}`];
    });

    expect(leaks).toEqual([]);
  });

  test("no answer holds its origin's port or path", () => {
    const leaks = told[mode].flatMap(({ member, accept, text }) =>
      placesOf(member)
        .filter((place) => place.length > 1 && text.includes(place))
        .map((place) => `${member.fixture.name} (${accept}): ${place}`),
    );

    expect(leaks).toEqual([]);
  });

  test("no answer names a failure type or a reason, or the host that was asked for", () => {
    const leaks = told[mode].flatMap(({ member: { fixture }, accept, text }) => {
      if (!("failure" in fixture.expects)) return [];
      const rest = withoutCodeWords(
        text,
        mode === "generic" ? 502 : profiles.cloudflare.codes[fixture.expects.failure],
      );
      const found =
        anyFailureWord.exec(rest)?.[0] ??
        (rest.includes(`${fixture.name}.test`) ? "its host" : undefined);
      return found === undefined ? [] : [`${fixture.name} (${accept}): ${found}`];
    });

    expect(leaks).toEqual([]);
  });

  test("no answer has a field that others have not", () => {
    const names = new Set(
      told[mode].flatMap(({ response }) => response.headers.map(([name]) => name.toLowerCase())),
    );

    expect([...names].toSorted()).toEqual([
      "cache-control",
      "cf-ray",
      "connection",
      "content-length",
      "content-security-policy",
      "content-type",
      "date",
      "keep-alive",
      "x-content-type-options",
      "x-robots-tag",
    ]);
  });
});

test("detailed codes tell each failure by its code and nothing more: equal codes, equal answers", () => {
  const groups = new Map<string, Told[]>();
  for (const answer of told.detailed) {
    const key = `${answer.accept} ${answer.response.status} ${endsConnection(answer.member)}`;
    groups.set(key, [...(groups.get(key) ?? []), answer]);
  }

  expect(groups.size).toBeGreaterThan(forms.length * 5);
  expect([...groups.values()].flatMap(different)).toEqual([]);
});
