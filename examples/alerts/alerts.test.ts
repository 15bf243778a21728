// Do the alerts fire? A real Prometheus with the real rules scrapes an edge, and requests of that edge are made to fail.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { startEdgecase } from "edgecase/testing";
import { expect, onTestFinished, test } from "vitest";

import { startPrometheus } from "./start-prometheus.ts";

/** The rules under test: name your own folder here. */
const rules = new URL("../../deploy/prometheus/rules/", import.meta.url);

const expected = [
  "EdgecaseAnswersCutOff",
  "EdgecaseSpike521",
  "EdgecaseSpike525",
  "EdgecaseTlsFailures",
];

/** Alerts on a zone of the edge. Those on the edge as a whole, such as EdgecaseDown, have no such label. */
function ofZones(state = "pending|firing"): string {
  return `ALERTS{zone!="", alertstate=~"${state}"}`;
}

/** However busy the machine is: each step takes some three seconds, the last one eight. */
const patiently = { timeout: 30_000, interval: 200 };

test("the faults that are injected fire their alerts, and no other, for as long as they last", async () => {
  const app = createServer((_req, res) => res.end("the orders"));
  await once(app.listen(0, "127.0.0.1"), "listening");
  const { port } = app.address() as AddressInfo;
  await using edge = await startEdgecase({
    origin: `http://127.0.0.1:${port}`,
    admin: { port: 0 },
  });
  await using prometheus = await startPrometheus(edge.adminUrl ?? "", rules);
  const visitors = setInterval(() => {
    fetch(edge.url).then(
      (response) => response.text().catch(() => {}),
      () => {},
    );
  }, 40);
  onTestFinished(() => {
    clearInterval(visitors);
    app.close();
  });

  // Nothing fails yet.
  const visited = "zone:edgecase_requests:rate5m > 0";
  await expect.poll(() => prometheus.alerts(visited), patiently).toHaveLength(1);
  expect(await prometheus.alerts(ofZones())).toEqual([]);

  // As `edgecase inject 525 --rate 0.2` does.
  await edge.inject("525", { rate: 0.2 });
  await edge.inject("521", { rate: 0.2 });
  await edge.inject("cut", { rate: 0.2 });
  const firing = () => prometheus.alerts(ofZones("firing"));
  await expect.poll(firing, patiently).toEqual(expected);
  // Each had been pending for as long as its `for` says.
  expect(await prometheus.alerts(`last_over_time(${ofZones("pending")}[5m])`)).toEqual(expected);

  edge.recover();
  await expect.poll(() => prometheus.alerts(ofZones()), patiently).toEqual([]);
}, 120_000);
