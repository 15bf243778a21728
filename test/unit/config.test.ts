import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { ConfigError, type ConfigProblem } from "../../src/config/config-error.ts";
import { parseConfig, readConfigFile } from "../../src/config/read-file.ts";
import { resolveConfig } from "../../src/config/resolve.ts";

const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What is wrong with a configuration; empty if nothing is. */
function problemsOf(text: string): readonly ConfigProblem[] {
  try {
    resolveConfig(parseConfig(text, null), null);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

const zone = 'zones:\n  - hosts: ["a.test"]\n    origins: ["http://127.0.0.1:1"]\n';

describe("a configuration is refused, with path, line, rule and value", () => {
  test.each([
    [
      "an unknown key",
      "lissten:\n  http: 1\n",
      {
        path: "lissten",
        line: 1,
        rule: "is not a known key",
        found: '{"http":1}',
        nearest: "listen",
      },
    ],
    [
      "an unknown key within",
      "listen:\n  host: 127.0.0.1\n  htttp: 1\n",
      { path: "listen.htttp", line: 3, rule: "is not a known key", found: "1", nearest: "http" },
    ],
    [
      "an unknown key of a zone",
      `${zone}    orignCa: x\n`,
      { path: "zones[0].orignCa", line: 4, nearest: "originCa" },
    ],
    [
      "a wrong type",
      "clock: fast\n",
      { path: "clock", line: 1, rule: "must be number", found: '"fast"' },
    ],
    [
      "a value of no choice",
      "errors:\n  codes: vague\n",
      { path: "errors.codes", line: 2, rule: 'must be "detailed" or "generic"', found: '"vague"' },
    ],
    [
      "a port out of range",
      "listen: { http: 70000 }\n",
      { path: "listen.http", line: 1, found: "70000" },
    ],
    [
      "a zone without origins",
      'zones:\n  - hosts: ["a.test"]\n',
      { path: "zones[0]", line: 2, rule: "must have either origins or pools" },
    ],
    [
      "an origin that is none",
      `${zone}  - hosts: ["b.test"]\n    origins:\n      - "http://127.0.0.1:1"\n      - "ftp://b.test"\n`,
      {
        path: "zones[1].origins[1]",
        line: 7,
        rule: "must have the scheme http or https",
        found: '"ftp://b.test"',
      },
    ],
    [
      "a host of two zones",
      `${zone}  - hosts: ["b.test", "A.test"]\n    origins: ["http://127.0.0.1:1"]\n`,
      {
        path: "zones[1].hosts[1]",
        line: 4,
        rule: "is already a host of zones[0]",
        found: '"A.test"',
      },
    ],
    [
      "a host with a port",
      'zones:\n  - hosts: ["a.test:80"]\n    origins: ["http://127.0.0.1:1"]\n',
      { path: "zones[0].hosts[0]", rule: "must be a host name without port, *.name, or *" },
    ],
    [
      "a wildcard within a name",
      'zones:\n  - hosts: ["a.*.test"]\n    origins: ["http://127.0.0.1:1"]\n',
      { path: "zones[0].hosts[0]" },
    ],
    [
      "a network that is none",
      "errors:\n  reveal:\n    cidrs:\n      - 10.0.0.0/8\n      - 10.0.0.0/99\n",
      {
        path: "errors.reveal.cidrs[1]",
        line: 5,
        rule: "must be a network such as 192.0.2.0/24",
        found: '"10.0.0.0/99"',
      },
    ],
    [
      "an unknown profile",
      "errors:\n  profile: cloudfare\n",
      {
        path: "errors.profile",
        line: 2,
        rule: "is not the name of a profile",
        found: '"cloudfare"',
        nearest: "cloudflare",
      },
    ],
    [
      "an unknown profile of a zone",
      `${zone}    errors: { profile: rfc9290 }\n`,
      { path: "zones[0].errors.profile", line: 4, nearest: "rfc9209" },
    ],
    [
      "a profile that extends itself",
      "profiles:\n  mine:\n    extends: mine\n",
      {
        path: "profiles.mine.extends",
        line: 3,
        rule: "extends itself, directly or through others",
      },
    ],
    [
      "a profile that extends none",
      "profiles:\n  mine: { extends: generik }\n",
      { path: "profiles.mine.extends", nearest: "generic" },
    ],
    [
      "a profile with a name that is taken",
      "profiles:\n  generic: { extends: cloudflare }\n",
      { path: "profiles.generic", line: 2 },
    ],
    [
      "a row that is no failure type",
      "profiles:\n  mine:\n    extends: generic\n    codes:\n      connection_refussed: { status: 503 }\n",
      { path: "profiles.mine.codes.connection_refussed", line: 5, nearest: "connection_refused" },
    ],
    [
      "a row that is no reason of its type",
      "profiles:\n  mine:\n    extends: generic\n    codes:\n      dns_error/expired: { status: 503 }\n",
      { path: "profiles.mine.codes.dns_error/expired", line: 5 },
    ],
    [
      "a row with a status that is no error",
      "profiles:\n  mine:\n    extends: generic\n    codes:\n      dns_error: { status: 200 }\n",
      { path: "profiles.mine.codes.dns_error.status", line: 5, rule: "must be >= 400" },
    ],
    [
      "a resolver that is no address",
      'dns: { servers: ["resolver.test"] }\n',
      { path: "dns.servers[0]", rule: "must be an address or address:port" },
    ],
    [
      // Node aborts the whole process when c-ares is given it.
      "a resolver at port 0",
      'dns: { servers: ["127.0.0.1:0"] }\nzones: [{ hosts: ["a.test"], origins: ["http://b.test"] }]\n',
      { path: "dns.servers[0]", line: 1 },
    ],
    [
      "a resolver that is no address, of a zone",
      `${zone}    dns: { servers: ["127.0.0.1:99999"] }\n`,
      { path: "zones[0].dns.servers[0]", line: 4 },
    ],
    [
      "a file that is not there",
      `${zone}    originCa: ./no-such.pem\n`,
      { path: "zones[0].originCa", line: 4, rule: "names a file that cannot be read: ENOENT" },
    ],
    [
      "an admin server off loopback without a token",
      "admin:\n  host: 0.0.0.0\n",
      { path: "admin.tokenFile", line: 1 },
    ],
    ["a colo that is none", "colo: Munich\n", { path: "colo", line: 1 }],
    ["a clock of nought", "clock: 0\n", { path: "clock", line: 1, rule: "must be > 0" }],
  ])("%s", (_name, text, expected) => {
    expect(problemsOf(text)).toEqual([expect.objectContaining(expected)]);
  });

  test("profiles that extend each other, both of them", () => {
    const problems = problemsOf("profiles:\n  a: { extends: b }\n  b: { extends: a }\n");

    expect(problems.map(({ path, line }) => `${path} ${line}`)).toEqual([
      "profiles.a.extends 2",
      "profiles.b.extends 3",
    ]);
  });

  test("every problem at once, not the first alone", () => {
    const problems = problemsOf(
      'errors: { codes: vague }\nclock: -1\nzones:\n  - hosts: ["a.test"]\n    origins: []\n',
    );

    expect(problems.map(({ path }) => path)).toEqual(["errors.codes", "clock", "zones[0].origins"]);
  });

  test.each([
    ["an open list", "listen:\n  host: [\n", 3],
    ["a key twice", "clock: 1\nclock: 2\n", 2],
    ["a tab for indentation", "listen:\n\thttp: 1\n", 2],
    ["an open quotation", 'colo: "DEV\n', 2],
  ])("YAML with %s, and its line", (_name, text, line) => {
    const [problem] = problemsOf(text);

    expect(problem).toMatchObject({ path: "", line });
    expect(problem?.rule).not.toContain("\n");
  });

  test.each([
    ["a list", "- a\n- b\n"],
    ["a word", "edgecase\n"],
    ["a number", "42\n"],
  ])("%s in place of a map", (_name, text) => {
    expect(problemsOf(text)).toEqual([
      expect.objectContaining({ path: "", rule: "must be object" }),
    ]);
  });

  test("a value that is too long is shown in part", () => {
    const [problem] = problemsOf(`colo: ${"x".repeat(10_000)}\n`);

    expect(problem?.found?.length).toBeLessThanOrEqual(60);
  });

  test("an alias of nothing", () => {
    expect(problemsOf("clock: *nothing\n")).toEqual([expect.objectContaining({ line: 1 })]);
  });

  test("aliases that multiply, before they fill the memory", () => {
    const levels = Array.from(
      { length: 12 },
      (_, index) => `a${index}: &a${index} [${`*a${index - 1},`.repeat(index === 0 ? 0 : 10)}1]`,
    );

    expect(() => parseConfig(levels.join("\n"), null)).toThrow(ConfigError);
  });
});

describe("a configuration is read", () => {
  test.each(["", "\n", "# nothing\n", "---\n", "{}"])(
    "from %j, which leaves every default",
    (text) => {
      const config = resolveConfig(parseConfig(text, null), null);

      expect(config).toMatchObject({
        listen: { host: "127.0.0.1", http: 8080, https: 8443 },
        admin: { host: "127.0.0.1", port: 8081 },
        zones: [],
      });
      expect(config.timeouts).toMatchObject({
        dnsMs: 5_000,
        connectMs: 19_000,
        handshakeMs: 10_000,
        responseMs: 125_000,
        bodyIdleMs: 125_000,
        writeMs: 30_000,
      });
    },
  );

  test("from a JSON file", () => {
    const file = join(folder, "edgecase.json");
    writeFileSync(
      file,
      JSON.stringify({
        clock: 0.5,
        zones: [{ hosts: ["a.test"], origins: ["http://127.0.0.1:1"] }],
      }),
    );

    const config = resolveConfig(readConfigFile(file), file);

    expect(config.zones[0]).toMatchObject({
      name: "a.test",
      clock: 0.5,
      unscaledTimeouts: { connectMs: 19_000 },
    });
    expect(config.timeouts.connectMs).toBe(9_500);
  });

  test("with paths that start at the file's folder", () => {
    const file = join(folder, "edgecase.yaml");
    writeFileSync(join(folder, "token"), " secret \n");
    writeFileSync(file, "admin: { host: 0.0.0.0, tokenFile: token }\n");

    const config = resolveConfig(readConfigFile(file), file);

    expect(config.admin).toMatchObject({ host: "0.0.0.0", token: "secret" });
  });

  test("with the file's name and line before each problem", () => {
    const file = join(folder, "wrong.yaml");
    writeFileSync(file, "clock: 1\nlissten: {}\n");

    expect(() => readConfigFile(file)).toThrow(
      `${file}:2: lissten: is not a known key (found {}); did you mean "listen"?`,
    );
  });

  test("not at all where there is no file", () => {
    const file = join(folder, "none.yaml");

    expect(() => readConfigFile(file)).toThrow(`${file}: the file: cannot be read: ENOENT`);
  });

  test.each(["127.0.0.1", "127.9.9.9", "::1", "localhost"])(
    "without a token where the admin server is on %s",
    (host) => {
      expect(problemsOf(`admin: { host: "${host}" }\n`)).toEqual([]);
    },
  );

  test("with a zone's settings before the gateway's, and those before the defaults", () => {
    const text = `errors: { codes: generic, pages: sanitized }\ntimeouts: { dnsMs: 10, connectMs: 20 }\n${zone}    errors: { codes: detailed }\n    timeouts: { dnsMs: 30 }\n`;

    const [first] = resolveConfig(parseConfig(text, null), null).zones;

    expect(first?.errors).toMatchObject({
      codes: "detailed",
      pages: "sanitized",
      profile: "cloudflare",
    });
    expect(first?.unscaledTimeouts).toMatchObject({
      dnsMs: 30,
      connectMs: 20,
      handshakeMs: 10_000,
    });
  });
});
