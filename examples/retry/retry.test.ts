// Four clients against every code of the edge: what they do as they come, and with a list that has the edge's codes.
// Each try is a real request to an edge that fails for real; how many there were, the edge tells.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import axios from "axios";
import axiosRetry from "axios-retry";
import got from "got";
import { Agent, request, RetryAgent } from "undici";
import { codes, profiles } from "edgecase/codes";
import { type Edgecase, startEdgecase } from "edgecase/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { axiosBehindAnEdge } from "./with-axios.ts";
import { getWithRetry } from "./with-fetch.ts";
import { gotBehindAnEdge } from "./with-got.ts";
import { agentBehindAnEdge } from "./with-undici.ts";
import { worthAnotherTry } from "./worth-another-try.ts";

/** Only the waits are shorter than they would be. */
const soon = {
  got: { retry: { backoffLimit: 1, noise: 0 } },
  undici: { minTimeout: 1, maxTimeout: 1 },
  axios: { "axios-retry": { retryDelay: () => 1 } },
};

const plainAxios = axios.create();
axiosRetry(plainAxios);

/** How each client asks, as it comes and with our list; both resolve with the content. */
const clients = [
  {
    name: "got",
    asItComes: (url: string) => got(url, soon.got).text(),
    behindAnEdge: (url: string) => gotBehindAnEdge(url, soon.got).text(),
  },
  {
    name: "undici",
    asItComes: (url: string) => ask(url, new RetryAgent(new Agent(), soon.undici)),
    behindAnEdge: (url: string) => ask(url, agentBehindAnEdge(soon.undici)),
  },
  {
    name: "axios-retry",
    asItComes: async (url: string) => (await plainAxios.get<string>(url, soon.axios)).data,
    behindAnEdge: async (url: string) =>
      (await axiosBehindAnEdge.get<string>(url, soon.axios)).data,
  },
  {
    name: "fetch",
    asItComes: async (url: string) => (await fetch(url)).text(),
    behindAnEdge: async (url: string) => (await getWithRetry(url, 3, 1)).text(),
  },
];

async function ask(url: string, dispatcher: RetryAgent): Promise<string> {
  try {
    return await (await request(url, { dispatcher })).body.text();
  } finally {
    await dispatcher.close();
  }
}

const app = createServer((_req, res) => res.end("the orders"));
beforeAll(() => new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve)));
afterAll(() => app.close());

/** An edge in front of the app. Sanitized pages have no `Retry-After`, for which most clients would wait. */
function startEdge(): Promise<Edgecase> {
  const { port } = app.address() as AddressInfo;
  return startEdgecase({
    origin: `http://127.0.0.1:${port}`,
    errors: { pages: "sanitized" },
    timeouts: { connectMs: 20_000, responseMs: 20_000 },
  });
}

/** Lets 20 s be 0.4 s where a deadline is what fails. Elsewhere a busy machine shall miss none. */
function hurry(edge: Edgecase, fault: string | number): void {
  edge.set({ clock: ["522", "524"].includes(String(fault)) ? 0.02 : 1 });
}

/** Tries for each code, where every try fails with it: a column of the table. */
async function triesByCode(get: (url: string) => Promise<string>): Promise<number[]> {
  await using edge = await startEdge();
  const tries = [];
  for (const fault of [...Object.keys(codes), "cut"]) {
    const before = edge.exchanges().length;
    hurry(edge, fault);
    // What no origin brings about cannot be injected: there, the edge shows the page of the code.
    const path = await edge.fail(fault).then(
      () => "/",
      () => `/cdn-cgi/error/${fault}`,
    );
    await get(edge.url + path).catch(() => {});
    edge.recover();
    tries.push(edge.exchanges().length - before);
  }
  return tries;
}

describe("a client as it comes", () => {
  test("tries as often as tries.md says", async () => {
    const columns = await Promise.all(clients.map(({ asItComes }) => triesByCode(asItComes)));

    const rows = [
      ...Object.values(codes).map(({ code, status, title, retryable }) => [
        code === status ? `${code} ${title}` : `${code} ${title} (status ${status})`,
        retryable ? "yes" : "no",
      ]),
      ["cut off after the head", "yes"],
    ];
    const cells = rows.map((row, index) => [...row, ...columns.map((tries) => tries[index])]);
    const head = ["every try fails with", "worth another", ...clients.map(({ name }) => name)];
    const lines = [head, head.map(() => "---"), ...cells].map((line) => `| ${line.join(" | ")} |`);
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("tries.md");
  }, 60_000);
});

describe("a client behind an edge", () => {
  const ofTheEdge = new Set<number>(Object.values(profiles.cloudflare.codes));
  const worth = Object.values(codes).filter(({ retryable }) => retryable);

  test("has a list of every status that is worth another try, and of no other", () => {
    expect(worthAnotherTry).toEqual(worth.map(({ status }) => status));
  });

  test.each(clients)(
    "$name has its answer at the second try, whatever made the first one fail",
    async ({ behindAnEdge }) => {
      await using edge = await startEdge();
      const faults = worth
        .map(({ code }) => code)
        .filter((code) => ofTheEdge.has(code) && code !== 500); // A 500 is the edge's own fault, and cannot be injected.
      const seen = [];
      for (const fault of faults) {
        hurry(edge, fault);
        await edge.inject(fault, { times: 1 });
        const content = await behindAnEdge(edge.url);
        const [second, first] = edge.exchanges();
        seen.push([first?.status, second?.status, content]);
      }

      expect(seen).toEqual(faults.map((fault) => [fault, 200, "the orders"]));
    },
    30_000,
  );
});
