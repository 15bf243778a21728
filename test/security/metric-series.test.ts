// The attack: clients and origins send every method, host, path, status and fault that they can think of, so that each makes a series of
// its own in the metrics, until the gateway, or Prometheus, has no memory left.
//
// Seen: unbounded label values, Prometheus' own warning ("Do not use labels to store dimensions with high cardinality"); CVE-2022-21698
// (client_golang, methods).

import { METHODS } from "node:http";
import type { Socket } from "node:net";

import { expect, test } from "vitest";

import { startZoo } from "../../fixtures/zoo.ts";
import { type Size, seriesBounds } from "../../scripts/pages/series-table.ts";
import { parseExposition } from "../helpers/exposition.ts";
import { startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";
import { RawConnection } from "../helpers/raw-client.ts";

const methods = [...METHODS.filter((method) => method !== "CONNECT"), "BREW", "get", "G€T"];
const statuses = Array.from({ length: 900 }, (_, index) => index + 100);

/** What checks of one origin come to, in turn. */
const checked = ["200", "status", "100", "closes", "resets", "truncated", "nonsense"];

/** Answers with the status that the path ends with; other paths have other faults. */
function answer(socket: Socket, head: string): void {
  const [, word = ""] = /^\S+ \S*?(\w+) HTTP/.exec(head) ?? [];
  const status = Number(word);
  if (status >= 200) socket.write(ok("", "", `HTTP/1.1 ${status} ${word}`));
  else if (status >= 100) socket.write(`HTTP/1.1 ${status} x\r\n\r\n${ok("")}`);
  else if (word === "closes") socket.end();
  else if (word === "resets") socket.resetAndDestroy();
  else if (word === "truncated") socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
  else socket.end(`HTTP/9.${word} nonsense\r\n\r\n`);
}

/** An origin whose checks never end as the last one did, with a status or bytes that are new each time. */
async function startChecked(): Promise<TestOrigin> {
  const origin: TestOrigin = await startOrigin((socket) => {
    const turn = origin.heads.length;
    const word = checked[turn % checked.length] ?? "";
    const newWords = new Map([
      ["status", String(300 + (turn % 300))],
      ["nonsense", `nonsense${turn}`],
    ]);
    answer(socket, `GET /${newWords.get(word) ?? word} HTTP/1.1`);
  });
  return origin;
}

/** Waits until checks have come to all of it once more. */
async function checkedAnew({ heads }: TestOrigin): Promise<void> {
  const before = heads.length;
  await waitFor(() => heads.length > before + checked.length, "it is not checked", 20_000);
}

interface Attack {
  readonly method: string;
  readonly host: string;
  readonly path: string;
}

/** Thousands of requests, no two of them alike. */
function attacks(): Attack[] {
  const hosts = ["shop.test", "a.any.test", "none.test", "192.0.2.1", "xn--ls8h.test", "_", ""];
  const faults = ["closes", "resets", "truncated", "nonsense"];
  const byStatus = statuses.flatMap((status) =>
    (status >= 200 && status < 600
      ? ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "BREW"]
      : ["GET"]
    ).map((method) => ({
      method,
      host: `${status}.any.test`,
      path: `/${status}?${method}/${status}`,
    })),
  );
  const byMethod = methods.flatMap((method, index) =>
    [...hosts, `h${index}.test`].map((host) => ({ method, host, path: `/${index}/../200` })),
  );
  const byFault = statuses.map((status) => ({
    method: "GET",
    host: "shop.test",
    path: `/${status}"}\\n{/${faults[status % faults.length]}`,
  }));
  return [...byStatus, ...byMethod, ...byFault];
}

/** Sends them all, over as many connections as it takes. */
async function send(gateway: TestGateway, all: readonly Attack[]): Promise<void> {
  const queue = [...all];
  const lane = async (): Promise<void> => {
    let connection = new RawConnection(gateway.port);
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const { method, host, path } = next;
      const { ending, headers } = await connection.request({
        method,
        target: path,
        headers: [["Host", host]],
      });
      const isOver = headers.some(
        ([name, value]) => /^connection$/i.test(name) && value === "close",
      );
      if (ending === "complete" && !isOver) continue;
      connection.close();
      connection = new RawConnection(gateway.port);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: 16 }, lane));
}

async function countSeries(gateway: TestGateway): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { name } of parseExposition((await gateway.gateway.metrics.scrape(undefined)).body)) {
    const metric = name.replace(/_(bucket|sum|count)$/, "");
    counts.set(metric, (counts.get(metric) ?? 0) + 1);
  }
  return counts;
}

async function countByStatus(gateway: TestGateway): Promise<[status: string, count: number][]> {
  const { body } = await gateway.gateway.metrics.scrape(undefined);
  return parseExposition(body)
    .filter(({ name }) => name === "edgecase_requests_total")
    .map(({ labels, value }) => [labels["status"] ?? "", value]);
}

test(
  "no client and no origin makes more series than the documents say",
  { timeout: 60_000 },
  async () => {
    await using origin = await startOrigin(answer);
    await using restless = await startChecked();
    await using zoo = await startZoo({ only: ({ name }) => name === "tls-good" });
    const monitor = { interval: 0.1, timeout: 0.1 };
    const size: Size = { zones: 4, pools: 5, origins: 6 };
    await using gateway = await startGatewayOn({
      inject: { rules: [{ fault: "connection_refused", match: { path: "/injected" } }] },
      zones: [
        { hosts: ["shop.test"], origins: [origin.url, "http://127.0.0.1:9"] },
        { hosts: ["*.any.test", "any.test"], origins: [origin.url] },
        {
          hosts: ["checked.test"],
          monitor,
          pools: [restless.url, "http://127.0.0.1:9"].map((address, index) => ({
            name: `pool${index}`,
            origins: [address],
          })),
        },
        {
          hosts: ["tls.test"],
          origins: zoo.members.map(({ started }) => started.origin),
          dns: { servers: [zoo.dnsServer] },
          ssl: "full",
        },
      ],
    });
    const all = attacks();

    await gateway.request({ host: "tls.test" });
    await gateway.request({ host: "tls.test", target: "/injected" });
    await send(gateway, all);
    await checkedAnew(restless);
    const once = await countSeries(gateway);
    await send(
      gateway,
      all.filter((_, index) => index % 5 === 0),
    );
    await checkedAnew(restless);
    const twice = await countSeries(gateway);

    expect(all.length).toBeGreaterThan(4_000);
    const bounds = seriesBounds(size);
    const over = [...twice].filter(([metric, count]) => count > (bounds.get(metric) ?? 0));
    expect(over).toEqual([]);
    expect(twice).toEqual(once);
    expect([...twice.keys()].toSorted()).toEqual([...bounds.keys()].toSorted());
  },
);

test("a status that nobody has registered is counted in its class", async () => {
  await using origin = await startOrigin(answer);
  await using gateway = await startGatewayOn({ zones: [{ hosts: ["*"], origins: [origin.url] }] });

  for (const status of [299, 599, 598, 418]) await gateway.get(`/${status}`);

  expect(await countByStatus(gateway)).toEqual([
    ["2xx", 1],
    ["5xx", 2],
    ["418", 1],
  ]);
});

test("a status that the configuration names is counted as itself", async () => {
  await using origin = await startOrigin(answer);
  const profile = {
    extends: "cloudflare",
    codes: { connection_refused: { status: 598, error: 1234 } },
  };
  await using gateway = await startGatewayOn({
    profiles: { mine: profile },
    zones: [
      {
        hosts: ["a.test"],
        origins: [origin.url],
        errorRules: [{ status: [404], body: "x", responseStatus: 799 }],
      },
      { hosts: ["b.test"], origins: ["http://127.0.0.1:9"], errors: { profile: "mine" } },
    ],
  });

  await gateway.request({ host: "a.test", target: "/404" });
  await gateway.request({ host: "b.test" });

  expect(await countByStatus(gateway)).toEqual([
    ["799", 1],
    ["598", 1],
  ]);
});
