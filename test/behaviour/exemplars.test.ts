// Exemplars: beside a number, the ray id of a request that is in it, for scrapers that ask for OpenMetrics.

import { expect, test } from "vitest";

import { parseExposition, type ScrapedSample } from "../helpers/exposition.ts";
import { startGateway, type ZooGateway } from "../helpers/gateway.ts";

async function scrape(gateway: ZooGateway, accept: string): Promise<ScrapedSample[]> {
  return parseExposition((await gateway.gateway.metrics.scrape(accept)).body);
}

const openMetrics = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5";

test("a code that was answered has the ray of the last request that got it", async () => {
  await using gateway = await startGateway({ fixtures: ["refused", "closes-silently"] });
  await gateway.get();
  await gateway.get("/last");
  const { ray } = await gateway.line(({ path }) => path === "/last");

  const samples = await scrape(gateway, openMetrics);

  const errors = samples.filter(({ name }) => name === "edgecase_errors_total");
  const told = errors.filter(({ exemplar }) => exemplar !== null);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({
    labels: { zone: "refused.test", code: "521" },
    value: 2,
    exemplar: { labels: { ray }, value: 1 },
  });
});

test("a bucket has the ray of a request that took as long, and when that was", async () => {
  const startedAt = Date.now() / 1000;
  await using gateway = await startGateway({ fixtures: ["good", "never-answers"] });
  await gateway.get();
  await gateway.get("/", [["Host", "never-answers.test"]]);
  const { ray } = await gateway.line(({ zone }) => zone === "never-answers.test");

  const samples = await scrape(gateway, openMetrics);

  const [slow, ...others] = samples.filter(
    ({ labels, exemplar }) => labels["zone"] === "never-answers.test" && "le" in labels && exemplar,
  );
  expect(others).toEqual([]);
  expect(slow).toMatchObject({ labels: { le: "2.5" }, exemplar: { labels: { ray } } });
  expect(slow?.exemplar?.value).toBeGreaterThan(1);
  expect(slow?.exemplar?.value).toBeLessThanOrEqual(2.5);
  expect(slow?.exemplar?.timestamp).toBeGreaterThanOrEqual(startedAt);
  expect(slow?.exemplar?.timestamp).toBeLessThanOrEqual(Date.now() / 1000);
});

test("the classic form, which knows no exemplars, has none", async () => {
  await using gateway = await startGateway({ fixtures: ["refused"] });
  await gateway.get();

  await scrape(gateway, openMetrics);
  const samples = await scrape(gateway, "text/plain");

  expect(samples.find(({ labels }) => labels["code"] === "521")).toMatchObject({ value: 1 });
  expect(samples.filter(({ exemplar }) => exemplar !== null)).toEqual([]);
});
