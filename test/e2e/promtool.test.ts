// The rules of deploy/prometheus under promtool, on series that a real gateway gave: they fire when they should, and not before.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { codesOf, compileProfiles } from "../../src/map/profile.ts";
import { parseExposition, type ScrapedSample } from "../helpers/exposition.ts";
import {
  startGateway,
  startGatewayOn,
  type TestGateway,
  type ZooGateway,
} from "../helpers/gateway.ts";
import {
  type AlertRule,
  copyPrometheusFolder,
  firing,
  promtool,
  readRules,
  seriesOf,
} from "../helpers/promtool.ts";

const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const { alerts } = readRules();
const codes = codesOf(compileProfiles({}));

function ruleOf(name: string): AlertRule {
  const rule = alerts.find(({ alert }) => alert === name);
  if (rule === undefined) throw new Error(`no alert ${name}`);
  return rule;
}

/** When, in minutes: quiet, then failing for a while, then quiet again. One scrape a minute. */
const quietUntil = 6;
const failingUntil = 14;
const quietAgainAt = 30;

/** Scrapes before, during and after `fail`, which is called once for each minute of trouble. */
async function scrapeThrough(gateway: TestGateway, fail: () => Promise<void>) {
  const scrape = async (): Promise<ScrapedSample[]> =>
    parseExposition((await gateway.gateway.metrics.scrape(undefined)).body);
  const before = await scrape();
  const scrapes = Array.from({ length: quietUntil }, () => before);
  while (scrapes.length < failingUntil) {
    await fail();
    scrapes.push(await scrape());
  }
  const after = scrapes.at(-1) ?? [];
  return [...scrapes, ...Array.from({ length: quietAgainAt - failingUntil }, () => after)];
}

/** An alert, and the labels of the series for which it has to fire. */
type Expected = readonly [rule: AlertRule, series: readonly Readonly<Record<string, string>>[]];

/** promtool's verdict: nothing fires before, everything that is expected and no more does in the middle, nothing after. */
function judge(series: readonly object[], expected: readonly Expected[]): string {
  const rules = ["recording", "alerts", "codes"].map((name) =>
    join(folder, "rules", `${name}.yml`),
  );
  const at = (minutes: number, isFiring: boolean): object[] =>
    expected.map(([rule, labels]) => ({
      eval_time: `${minutes}m`,
      alertname: rule.alert,
      exp_alerts: isFiring ? labels.map((each) => firing(rule, each)) : [],
    }));
  const file = join(folder, "test.json");
  writeFileSync(
    file,
    JSON.stringify({
      rule_files: rules,
      evaluation_interval: "1m",
      tests: [
        {
          interval: "1m",
          input_series: series,
          alert_rule_test: [
            ...at(quietUntil - 1, false),
            ...at(failingUntil - 1, true),
            ...at(quietAgainAt - 1, false),
          ],
        },
      ],
    }),
  );
  const { status, output } = promtool(["test", "rules", file]);
  return status === 0 ? "as expected" : output;
}

beforeAll(() => {
  writeFileSync(join(folder, "admin-token"), "secret");
  copyPrometheusFolder(folder, (config) =>
    config.replace("/run/edgecase/admin-token", "admin-token"),
  );
});

describe("promtool", () => {
  test("finds the configuration and every rule sound", () => {
    const { status, output } = promtool(["check", "config", join(folder, "prometheus.yml")]);

    expect([status, output]).toEqual([0, expect.not.stringMatching(/FAILED|warning/i)]);
    expect(output.match(/SUCCESS: \d+ rules found/g)).toHaveLength(3);
  });

  test("has nothing to say against a scrape of the gateway", async () => {
    await using gateway = await startGateway({ fixtures: ["refused", "good"] });
    await gateway.get();
    const { body } = await gateway.gateway.metrics.scrape(undefined);

    expect(promtool(["check", "metrics"], body)).toEqual({ status: 0, output: "" });
  });
});

describe("an alert on a spike", () => {
  test(
    "is there for each code, and fires for the zone that has the spike",
    { timeout: 60_000 },
    async () => {
      const profiles = Object.fromEntries(
        codes.map((code) => [
          `only-${code}`,
          {
            extends: "cloudflare",
            codes: {
              connection_refused: code < 1000 ? { status: code } : { status: 530, error: code },
            },
          },
        ]),
      );
      await using gateway = await startGatewayOn({
        profiles,
        zones: codes.map((code) => ({
          hosts: [`z${code}.test`],
          origins: ["http://127.0.0.1:9"],
          errors: { profile: `only-${code}` },
        })),
      });
      const hosts = codes.map((code) => `z${code}.test`);

      const scrapes = await scrapeThrough(gateway, async () => {
        await Promise.all(
          hosts.flatMap((host) => [host, host]).map((host) => gateway.request({ host })),
        );
      });

      const expected = codes.map((code): Expected => [
        ruleOf(`EdgecaseSpike${code}`),
        [{ zone: `z${code}.test`, code: String(code) }],
      ]);
      expect(judge(seriesOf(scrapes), expected)).toBe("as expected");
    },
  );

  test(
    "does not fire for single errors, nor for few among many requests",
    { timeout: 60_000 },
    async () => {
      await using gateway = await startGateway({ fixtures: ["good", "refused", "expired"] });
      let round = 0;
      const scrapes = await scrapeThrough(gateway, async () => {
        round += 1;
        if (round % 4 === 0) await gateway.request({ host: "refused.test" });
        await Promise.all(Array.from({ length: 50 }, () => gateway.get()));
      });

      expect(judge(seriesOf(scrapes), [[ruleOf("EdgecaseSpike521"), []]])).toBe("as expected");
    },
  );
});

describe("an alert on what breaks at an origin", () => {
  let gateway: ZooGateway;
  let series: object[];
  const failing = [
    "expired",
    "wrong-host",
    "closed-in-handshake",
    "content-length-too-short-fin",
    "refused",
  ];

  beforeAll(async () => {
    gateway = await startGateway({ fixtures: failing });
    const scrapes = await scrapeThrough(gateway, async () => {
      await Promise.all(failing.map((name) => gateway.request({ host: `${name}.test` })));
    });
    series = seriesOf(scrapes);
  });
  afterAll(() => gateway.close());

  const originOf = (name: string): string =>
    gateway.zoo.members.find(({ fixture }) => fixture.name === name)?.started.origin ?? "";

  test("tells TLS failures apart by their reason, and leaves other failures alone", () => {
    const found = [
      ["expired", "tls_certificate_error", "expired"],
      ["wrong-host", "tls_certificate_error", "wrong_host"],
      ["closed-in-handshake", "tls_protocol_error", "closed_in_handshake"],
    ].map(([name = "", failure = "", reason = ""]) => ({
      zone: `${name}.test`,
      origin: originOf(name),
      failure,
      reason,
    }));

    expect(judge(series, [[ruleOf("EdgecaseTlsFailures"), found]])).toBe("as expected");
  });

  test("tells of answers that were cut off", () => {
    const cut = [
      {
        zone: "content-length-too-short-fin.test",
        origin: originOf("content-length-too-short-fin"),
      },
    ];

    expect(judge(series, [[ruleOf("EdgecaseAnswersCutOff"), cut]])).toBe("as expected");
  });
});

/** Values by hand, for what is not the gateway's to say, or not yet: so it is, so it is during the trouble, so it is again. */
function byHand(
  name: string,
  labels: Readonly<Record<string, string>>,
  usual: number,
  inTrouble: number,
): object {
  const list = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  const values = [
    ...Array.from({ length: quietUntil }, () => usual),
    ...Array.from({ length: failingUntil - quietUntil }, () => inTrouble),
    ...Array.from({ length: quietAgainAt - failingUntil }, () => usual),
  ];
  return { series: `${name}{${list.join(",")}}`, values: values.join(" ") };
}

describe("an alert on a state", () => {
  const up = { job: "edgecase", instance: "edgecase:8081" };
  const pool = { zone: "shop.test", pool: "eu" };
  const origin = { ...pool, origin: "https://127.0.0.1:3000" };
  const certificate = { zone: "shop.test", origin: "https://127.0.0.1:3000" };
  const expiry = "edgecase_origin_certificate_expiry_timestamp_seconds";
  const day = 86_400;

  test.each([
    ["EdgecaseDown", up, byHand("up", up, 1, 0)],
    ["EdgecasePoolDown", pool, byHand("edgecase_pool_healthy", pool, 1, 0)],
    ["EdgecaseOriginDown", origin, byHand("edgecase_origin_healthy", origin, 1, 0)],
    ["EdgecaseConfigReloadFailed", up, byHand("edgecase_config_last_reload_successful", up, 1, 0)],
    [
      "EdgecaseCertificateExpiresSoon",
      certificate,
      byHand(expiry, certificate, 15 * day, 13 * day),
    ],
    ["EdgecaseCertificateExpiresNow", certificate, byHand(expiry, certificate, 3 * day, 1 * day)],
  ])("%s fires while the state lasts", (name, labels, series) => {
    const others = name === "EdgecaseDown" ? [] : [byHand("up", up, 1, 1)];

    expect(judge([series, ...others], [[ruleOf(name), [labels]]])).toBe("as expected");
  });

  test("EdgecaseMissing fires when nothing is scraped at all", () => {
    const gone = { series: 'up{job="edgecase"}', values: "1x5 _x8 1x16" };

    expect(judge([gone], [[ruleOf("EdgecaseMissing"), [{ job: "edgecase" }]]])).toBe("as expected");
  });

  test("EdgecaseRetriesOverBudget fires when requests are no longer sent again", () => {
    const counted = {
      series: 'edgecase_retries_total{zone="shop.test",kind="over_budget"}',
      values: "0x5 5+5x7 40x15",
    };

    expect(judge([counted], [[ruleOf("EdgecaseRetriesOverBudget"), [{ zone: "shop.test" }]]])).toBe(
      "as expected",
    );
  });
});

test("every alert has been seen to fire", () => {
  const states = ["Down", "Missing", "PoolDown", "OriginDown", "ConfigReloadFailed"];
  const others = ["TlsFailures", "AnswersCutOff", "RetriesOverBudget"];
  const certificates = ["CertificateExpiresSoon", "CertificateExpiresNow"];
  const tested = [
    ...[...states, ...others, ...certificates].map((name) => `Edgecase${name}`),
    ...codes.map((code) => `EdgecaseSpike${code}`),
  ];

  expect(alerts.map(({ alert }) => alert).toSorted()).toEqual(tested.toSorted());
});
