// A model's answer has to arrive whole, each word once, whatever the edge does to the stream.

import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { startEdgecase } from "edgecase/testing";
import { describe, expect, test } from "vitest";

import { type AppOptions, createApp } from "./app.ts";
import { readEvents } from "./read-events.ts";

const words = "An edge waits two minutes for a head and as long for the next byte".split(" ");

/** The app behind an edge, whose 125 s are 1.25 s. */
async function start(options: Partial<AppOptions> = {}) {
  const app = createApp({ words, thinkMs: 10, wordMs: 10, heartbeatMs: null, ...options });
  await once(app.listen(0, "127.0.0.1"), "listening");
  const { port } = app.address() as AddressInfo;
  const edge = await startEdgecase({ origin: `http://127.0.0.1:${port}`, clock: 0.01 });
  const stop = async (): Promise<void> => {
    await edge.close();
    app.close();
  };
  return { edge, url: `${edge.url}/answers/1`, [Symbol.asyncDispose]: stop };
}

async function readWords(url: string): Promise<string[]> {
  const read = [];
  for await (const { data } of readEvents(url, { waitMs: 10 })) read.push(data);
  return read;
}

describe("an answer arrives whole", () => {
  test("after a 524 in its place", async () => {
    await using site = await start();
    await site.edge.inject(524, { times: 1 });

    expect(await readWords(site.url)).toEqual(words);
    expect(site.edge.exchanges()).toMatchObject([{ status: 200 }, { status: 524 }]);
  });

  test.each(["cut", "stall"])("after a %s in the midst of it", async (fault) => {
    await using site = await start();
    await site.edge.inject(fault, { after: 100, times: 1 });

    expect(await readWords(site.url)).toEqual(words);
    const [second, first] = site.edge.exchanges();
    expect(first).toMatchObject({ status: 200, late: true, responseBytes: 100 });
    expect(second).toMatchObject({ status: 200, failure: null });
  });

  test("after one after the other", async () => {
    await using site = await start({ wordMs: 30 });
    await site.edge.inject("cut", { after: 30, times: 2 });
    await site.edge.inject("connection_refused", { times: 2 });

    expect(await readWords(site.url)).toEqual(words);
    expect(site.edge.exchanges().map(({ status }) => status)).toEqual([200, 521, 521, 200, 200]);
  });
});

describe("a model that thinks for longer than the edge waits", () => {
  const thinkMs = 2_000;

  test("makes a 524, where the head waits for the first word", async () => {
    await using site = await start({ thinkMs });

    expect(await readWords(site.url)).toEqual(words);
    expect(site.edge.exchanges().at(-1)).toMatchObject({
      status: 524,
      failure: "http_response_timeout",
    });
  });

  test("makes none, where the head leaves at once and heartbeats follow", async () => {
    await using site = await start({ thinkMs, heartbeatMs: 300 });

    expect(await readWords(site.url)).toEqual(words);
    expect(site.edge.exchanges()).toMatchObject([{ status: 200, failure: null }]);
  });
});

test("a reader gives up when nothing comes any more", async () => {
  await using site = await start();
  await site.edge.fail("521");

  await expect(readWords(site.url)).rejects.toThrow("status 521");
  expect(site.edge.exchanges({ code: 521 })).toHaveLength(6);
});
