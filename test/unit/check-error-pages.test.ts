// What `edgecase check` says of a site owner's error pages and rules.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { ConfigError, type ConfigProblem } from "../../src/config/config-error.ts";
import { parseConfig } from "../../src/config/read-file.ts";
import { resolveConfig } from "../../src/config/resolve.ts";
import { runEdgecase } from "../helpers/edgecase-command.ts";

const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
const configFile = join(folder, "edgecase.yaml");
mkdirSync(join(folder, "folder.html"));
afterAll(() => rmSync(folder, { recursive: true }));

const zone = 'zones:\n  - hosts: ["a.test"]\n    origins: ["http://127.0.0.1:1"]\n';
const good = "<html><head></head><body>::CLOUDFLARE_ERROR_500S_BOX::</body></html>";

/** Problems and warnings of a zone with these lines; files are relative to the folder. */
function check(lines: string): {
  problems: readonly ConfigProblem[];
  warnings: readonly ConfigProblem[];
} {
  try {
    return { problems: [], ...resolveConfig(parseConfig(zone + lines, configFile), configFile) };
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems, warnings: [] };
    throw error;
  }
}

/** The same for a zone whose page of the 500s is this one. */
function checkPage(content: string | Buffer): ReturnType<typeof check> {
  writeFileSync(join(folder, "page.html"), content);
  return check("    errorPages:\n      5xx: page.html\n");
}

describe("an error page is refused, with path and line, if", () => {
  const box = "::CLOUDFLARE_ERROR_500S_BOX::";

  test.each([
    ["it has no head", `<body>${box}</body></head>`, "must contain <head>"],
    ["its head has no end", `<head><body>${box}</body>`, "must contain </head>"],
    ["it lacks the token of its class", "<head></head>", `must contain ${box}`],
    [
      "it has the token of another class instead",
      "<head></head>::CLOUDFLARE_ERROR_1000S_BOX::",
      `must contain ${box}`,
    ],
    [
      "its required token is misspelt",
      "<head></head>::CLOUDFLARE_ERROR_500_BOX::",
      `must contain ${box}`,
    ],
    ["it is empty", "", "must not be blank"],
    ["it is blank", "\ufeff \r\n\t", "must not be blank"],
    ["it is no UTF-8", Buffer.from(`<head></head>${box}\xff`, "latin1"), "must be UTF-8"],
    [
      "it has a referrer meta element",
      `<head><meta name="referrer" content="origin"></head>${box}`,
      "must not contain a referrer meta element",
    ],
    [
      "it has one without quotation marks, and in capitals",
      `<head><META content=x NAME = Referrer></head>${box}`,
      "must not contain a referrer meta element",
    ],
  ])("%s", (_why, content, rule) => {
    expect(checkPage(content).problems).toEqual([
      { path: "zones[0].errorPages.5xx", line: 5, rule, found: '"page.html"' },
    ]);
  });

  test("it is larger than a CDN allows, by a byte", () => {
    const filler = "x".repeat(1_500_000 - good.length);

    expect(checkPage(good + filler).problems).toEqual([]);
    expect(checkPage(`${good}${filler}x`).problems).toEqual([
      {
        path: "zones[0].errorPages.5xx",
        line: 5,
        rule: "must have at most 1500000 bytes",
        found: "1500001",
      },
    ]);
  });

  test.each([
    ["no-such.html", "ENOENT"],
    ["folder.html", "EISDIR"],
  ])("it is %s: %s", (file, code) => {
    const { problems } = check(`    errorPages: { 1xxx: ${file} }\n`);

    const rule = `names a file that cannot be read: ${code}`;
    expect(problems).toEqual([
      { path: "zones[0].errorPages.1xxx", line: 4, rule, found: `"${file}"` },
    ]);
  });

  test("several rules are broken: all of them are told", () => {
    const { problems } = checkPage("<p>Sorry.</p>");

    expect(problems.map(({ rule }) => rule)).toEqual([
      "must contain <head>",
      "must contain </head>",
      "must contain ::CLOUDFLARE_ERROR_500S_BOX::",
    ]);
  });
});

describe("an error page is taken, with a warning, if", () => {
  test.each([
    ["an unknown token", "::RAYID::", "line 2 has an unknown token", "::RAY_ID::"],
    ["a token in small letters", "::client_ip::", "line 2 has an unknown token", "::CLIENT_IP::"],
    [
      "a token of the other class",
      "::CLOUDFLARE_ERROR_1000S_BOX::",
      "line 2 has a token of another class (1xxx), which is left as it stands",
      undefined,
    ],
    [
      "a token of challenges",
      "::CAPTCHA_BOX::",
      "line 2 has a token of another class (challenges), which is left as it stands",
      undefined,
    ],
  ])("it has %s", (_what, token, rule, nearest) => {
    const { problems, warnings } = checkPage(`${good}\n<i>${token}</i> ${token}`);

    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      {
        path: "zones[0].errorPages.5xx",
        line: 5,
        rule,
        found: `"${token}"`,
        ...(nearest !== undefined && { nearest }),
      },
    ]);
  });

  test("it loads something from elsewhere", () => {
    const { warnings } = checkPage(
      `${good}<script src="https://cdn.test/a.js"></script><img alt=x src='//cdn.test/b.png'>`,
    );

    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.rule).toContain("loads 2 assets from elsewhere");
    expect(warnings[0]?.found).toBe('"https://cdn.test/a.js"');
  });
});

test.each([
  ["every token of its class", `${good}::RAY_ID:: ::CLIENT_IP:: ::GEO::`],
  ["pseudo-elements, paths and addresses", `${good}a::before{} b::after::before std::vec::Vec ::1`],
  ["a head in capitals", "<HEAD></HEAD>::CLOUDFLARE_ERROR_500S_BOX::"],
  ["a referrer in its text", `${good}<meta name="author"> name="referrer"`],
  ["links and inlined data", `${good}<a href="https://a.test/">a</a><img src="data:image/png,x">`],
])("an error page with %s is taken without a word", (_what, content) => {
  expect(checkPage(content)).toMatchObject({ problems: [], warnings: [] });
});

describe("an error rule is refused, with path and line, if", () => {
  writeFileSync(join(folder, "blank.html"), "\n");

  test.each([
    ["it has neither body nor file", "{ status: [404] }", "", "must have either body or file"],
    [
      "it has both",
      "{ status: [404], body: a, file: blank.html }",
      "",
      "must have either body or file",
    ],
    ["its body is empty", '{ status: [404], body: "" }', ".body", "must not be blank"],
    [
      "its body is too long",
      `{ status: [404], body: "${"é".repeat(5_121)}" }`,
      ".body",
      "must have at most 10240 bytes",
    ],
    ["its file is blank", "{ status: [404], file: blank.html }", ".file", "must not be blank"],
    [
      "its file is not there",
      "{ status: [404], file: no-such.html }",
      ".file",
      "names a file that cannot be read: ENOENT",
    ],
    ["it is for no status", "{ status: [], body: a }", ".status", /fewer than 1 items/],
    ["it is for a success", "{ status: [204], body: a }", ".status[0]", /from 400 to 999/],
    [
      "it answers with a success",
      "{ status: [404], body: a, responseStatus: 200 }",
      ".responseStatus",
      "must be >= 400",
    ],
    [
      "it answers with more than three digits",
      "{ status: [404], body: a, responseStatus: 1000 }",
      ".responseStatus",
      "must be <= 999",
    ],
    [
      "its type is none that a CDN takes",
      "{ status: [404], body: a, contentType: text/css }",
      ".contentType",
      /must be "text\/html" or/,
    ],
  ])("%s", (_why, rule, path, expected) => {
    const { problems } = check(`    errorRules:\n      - ${rule}\n`);

    expect(problems).toEqual([
      expect.objectContaining({
        path: `zones[0].errorRules[0]${path}`,
        line: 5,
        rule: expect.stringMatching(expected),
      }),
    ]);
  });

  test("the box has no place in it, and is told of in a warning", () => {
    const { warnings } = check(
      "    errorRules: [{ status: [404], body: '::CLOUDFLARE_ERROR_500S_BOX::' }]\n",
    );

    expect(warnings).toEqual([
      expect.objectContaining({ path: "zones[0].errorRules[0].body", line: 4 }),
    ]);
  });

  test("a body of exactly 10 KB is taken", () => {
    const body = "x".repeat(10_240);

    expect(check(`    errorRules: [{ status: [404], body: ${body} }]\n`).problems).toEqual([]);
  });
});

/** Runs the command on a zone with this page. */
function runCheck(content: string, ...flags: string[]) {
  writeFileSync(configFile, `${zone}    errorPages:\n      5xx: page.html\n`);
  writeFileSync(join(folder, "page.html"), content);
  return runEdgecase(["check", configFile, ...flags]);
}

describe("edgecase check", () => {
  test("writes warnings to stderr, and calls the file sound", () => {
    const { status, stdout, stderr } = runCheck(`${good}::RAYID::`);

    expect(status).toBe(0);
    expect(stdout).toBe(`${configFile}: ok, 1 zones, 1 origins\n`);
    expect(stderr).toBe(
      `edgecase: warning: ${configFile}:5: zones[0].errorPages.5xx: line 1 has an unknown token (found "::RAYID::"); did you mean "::RAY_ID::"?\n`,
    );
  });

  test("has them in its JSON", () => {
    const { status, stdout } = runCheck(`${good}::RAYID::`, "--json");

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      problems: [],
      warnings: [{ path: "zones[0].errorPages.5xx", line: 5, nearest: "::RAY_ID::" }],
    });
  });

  test("exits with 2 for a page that a CDN would refuse", () => {
    const { status, stderr } = runCheck("<p>Sorry.</p>");

    expect(status).toBe(2);
    expect(stderr).toContain(`${configFile}:5: zones[0].errorPages.5xx: must contain <head>`);
  });
});
