// The alerts on a state under promtool, on series of a real gateway that gets into it and out of it again.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pino } from "pino";
import { afterAll, describe, expect, test } from "vitest";

import { Reloader } from "../../src/commands/reloader.ts";
import type { GatewayConfig } from "../../src/config/gateway-config.ts";
import type { ConfigFile } from "../../src/config/schema.ts";
import {
  completeConfig,
  startGateway,
  startGatewayOn,
  type TestGateway,
  waitFor,
} from "../helpers/gateway.ts";
import { OriginProcess } from "../helpers/origin-process.ts";
import { seriesOf } from "../helpers/promtool.ts";
import {
  failingUntil,
  quietAgainAt,
  quietUntil,
  RuleTest,
  scrapeThrough,
  scrapeWhile,
} from "../helpers/rule-test.ts";

const rules = new RuleTest();
afterAll(() => rules[Symbol.dispose]());

/** Labels that Prometheus gives to what it scrapes. */
const target = { job: "edgecase", instance: "edgecase:8081" };

/** Prometheus' own metric, which no gateway can give: `values` before, during and after the trouble, `_` for none. */
function upSeries(labels: string, [before, during, after]: readonly [string, string, string]) {
  const values = [
    ...Array.from({ length: quietUntil }, () => before),
    ...Array.from({ length: failingUntil - quietUntil }, () => during),
    ...Array.from({ length: quietAgainAt - failingUntil }, () => after),
  ];
  return { series: `up{${labels}}`, values: values.join(" ") };
}

describe("a gateway that is gone", () => {
  test("is down", () => {
    const series = upSeries('job="edgecase",instance="edgecase:8081"', ["1", "0", "1"]);

    expect(rules.judge([series], [["EdgecaseDown", [target]]])).toBe("as expected");
  });

  test("is missing where nothing is scraped at all", () => {
    const series = upSeries('job="edgecase"', ["1", "_", "1"]);

    expect(rules.judge([series], [["EdgecaseMissing", [{ job: "edgecase" }]]])).toBe("as expected");
  });
});

/** Waits until the checks have come to this of the one origin. */
function isFound(gateway: TestGateway, state: "healthy" | "unhealthy"): Promise<true> {
  const { standing } = gateway.gateway.zones[0]?.origins[0] ?? {};
  return waitFor(() => standing?.verdict === state, `the origin is not ${state}`, 20_000);
}

describe("an origin that was killed", { timeout: 60_000 }, () => {
  test("is down, and so is the pool that had no other", async () => {
    const origin = await OriginProcess.start("only");
    const monitor = { interval: 0.2, timeout: 0.2, path: "/health" };
    const pools = [{ name: "eu", origins: [origin.url] }];
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["shop.test"], pools, monitor }],
    });
    await isFound(gateway, "healthy");

    const scrapes = await scrapeWhile(
      gateway,
      async () => {
        await origin.kill();
        await isFound(gateway, "unhealthy");
      },
      async () => {
        await origin.startAgain();
        await isFound(gateway, "healthy");
      },
    );
    await origin.kill();

    const pool = { zone: "shop.test", pool: "eu" };
    const verdict = rules.judge(seriesOf(scrapes), [
      ["EdgecasePoolDown", [pool]],
      ["EdgecaseOriginDown", [{ ...pool, origin: origin.url }]],
    ]);
    expect(verdict).toBe("as expected");
  });
});

describe("a certificate", () => {
  test.each([
    ["expires-soon", ["EdgecaseCertificateExpiresSoon"], ["EdgecaseCertificateExpiresNow"]],
    ["expired", ["EdgecaseCertificateExpiresSoon", "EdgecaseCertificateExpiresNow"], []],
  ])("as %s has it is told of until another is shown", async (name, firing, silent) => {
    await using gateway = await startGateway({ fixtures: ["tls-good", name] });
    const { zoo } = gateway;
    const originOf = (fault: string): string =>
      zoo.members.find(({ fixture }) => fixture.name === fault)?.started.origin ?? "";
    const show = async (fault: string): Promise<void> => {
      const dns = { servers: [zoo.dnsServer] };
      const origins = [originOf(fault)];
      // What is not checked is shown all the same.
      await gateway.reload({ zones: [{ hosts: ["shop.test"], origins, dns, ssl: "full" }] });
      await gateway.request({ host: "shop.test" });
    };
    await show("tls-good");

    const scrapes = await scrapeWhile(
      gateway,
      () => show(name),
      () => show("tls-good"),
    );

    const shown = { zone: "shop.test", origin: originOf(name) };
    const verdict = rules.judge(seriesOf(scrapes), [
      ...firing.map((alert) => [alert, [shown]] as const),
      ...silent.map((alert) => [alert, []] as const),
    ]);
    expect(verdict).toBe("as expected");
  });
});

describe("a configuration that cannot be used", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "edgecase.json");
  const write = (origin: string): void =>
    writeFileSync(file, JSON.stringify({ zones: [{ hosts: ["*"], origins: [origin] }] }));
  const load = (): GatewayConfig =>
    completeConfig(JSON.parse(readFileSync(file, "utf8")) as ConfigFile);

  test("is told of until there is a better one", async () => {
    write("http://127.0.0.1:9");
    const reloader = await Reloader.of(file);
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: ["http://127.0.0.1:9"] }],
    });
    const messages = pino({ enabled: false });
    await reloader.start({ gateway: gateway.gateway, messages, load: async () => load() });
    const put = async (origin: string, said: string): Promise<void> => {
      write(origin);
      await waitFor(() => gateway.notices.some(({ msg }) => String(msg).startsWith(said)), said, 10_000); // prettier-ignore
    };

    const scrapes = await scrapeWhile(
      gateway,
      () => put("ftp://127.0.0.1:9", "configuration not reloaded"),
      () => put("http://127.0.0.1:10", "configuration reloaded"),
    );
    await reloader.close();

    const series = seriesOf(scrapes, target);
    expect(rules.judge(series, [["EdgecaseConfigReloadFailed", [target]]])).toBe("as expected");
  });
});

describe("a retry budget", () => {
  test("that is spent is told of", async () => {
    const refusing = ["http://127.0.0.1:9", "http://localhost:9"];
    await using gateway = await startGatewayOn({
      zones: [
        {
          hosts: ["shop.test"],
          origins: refusing,
          passive: { failures: 0 },
          failover: { budgetPercent: 0, budgetPerSecond: 0.1 }, // One in ten seconds.
        },
      ],
    });

    const scrapes = await scrapeThrough(gateway, async () => {
      await Promise.all(Array.from({ length: 3 }, () => gateway.get()));
    });

    expect(await gateway.metric("edgecase_retries_total", { kind: "another_origin" })).toBeGreaterThan(0); // prettier-ignore
    expect(
      rules.judge(seriesOf(scrapes), [["EdgecaseRetriesOverBudget", [{ zone: "shop.test" }]]]),
    ).toBe("as expected");
  });
});
