// The rules of deploy/prometheus under promtool, on series that a real gateway gave: they fire when they should, and not before.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { codesOf, compileProfiles } from "../../src/map/profile.ts";
import { startGateway, startGatewayOn, type ZooGateway } from "../helpers/gateway.ts";
import { promtool, readRules, seriesOf } from "../helpers/promtool.ts";
import { type Expected, RuleTest, scrapeThrough } from "../helpers/rule-test.ts";

const rules = new RuleTest();
afterAll(() => rules[Symbol.dispose]());

const { alerts } = readRules();
const codes = codesOf(compileProfiles({}));

describe("promtool", () => {
  test("finds the configuration and every rule sound", () => {
    const { status, output } = promtool(["check", "config", rules.config]);

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
        `EdgecaseSpike${code}`,
        [{ zone: `z${code}.test`, code: String(code) }],
      ]);
      expect(rules.judge(seriesOf(scrapes), expected)).toBe("as expected");
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

      expect(rules.judge(seriesOf(scrapes), [["EdgecaseSpike521", []]])).toBe("as expected");
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

    expect(rules.judge(series, [["EdgecaseTlsFailures", found]])).toBe("as expected");
  });

  test("tells of answers that were cut off", () => {
    const cut = [
      {
        zone: "content-length-too-short-fin.test",
        origin: originOf("content-length-too-short-fin"),
      },
    ];

    expect(rules.judge(series, [["EdgecaseAnswersCutOff", cut]])).toBe("as expected");
  });
});

// The states are in promtool-states.test.ts.
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
