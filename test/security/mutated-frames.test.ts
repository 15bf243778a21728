// An HTTP/2 origin that does anything at any time, again and again: nothing that it sends may crash, hang or fill the gateway.

import { createServer, type AddressInfo, type Socket } from "node:net";

import { expect, test } from "vitest";

import {
  data,
  fieldBlock,
  flags,
  frame,
  goAway,
  headers,
  ok,
  reset,
  settings,
  types,
  words,
} from "../../fixtures/http2-frames.ts";
import { startHttp2Scenario } from "../../bench/fuzz/http2-scenario.ts";
import type { Http2Plan } from "../../bench/fuzz/http2-plan.ts";
import { storm } from "../../bench/fuzz/scenario.ts";
import { startGatewayOn, waitFor } from "../helpers/gateway.ts";

/** A sequence of numbers that looks like chance, and is the same each time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >> 8) % below;
  };
}

function anyBytes(next: (below: number) => number, longest: number): Buffer {
  return Buffer.from(Array.from({ length: next(longest) }, () => next(256)));
}

const send =
  (...frames: Buffer[]) =>
  (socket: Socket): void =>
    void socket.write(Buffer.concat(frames));

/** What the origin may do next; `id` is a stream of the gateway's, or nearly. */
function acts(next: (below: number) => number, id: number): readonly ((socket: Socket) => void)[] {
  const early = headers(id, [[":status", "103"]]);
  const hello = [ok(id), data(id, "hello")];
  return [
    send(ok(id)),
    send(ok(id, [], flags.endStream)),
    send(data(id, "x".repeat(next(20_000)))),
    send(data(id, "x", flags.endStream)),
    send(...hello, data(id, "", flags.endStream)),
    send(...hello, reset(id, next(13))),
    send(...hello, headers(id, [["grpc-status", "0"]], flags.endStream)),
    send(...hello, goAway(id, next(13))),
    send(early),
    send(reset(id, next(13))),
    send(goAway(next(30), next(13), "bye")),
    send(settings([3, next(10)], [4, next(70_000)])),
    send(frame(types.ping, flags.none, 0, Buffer.alloc(8))),
    send(frame(types.windowUpdate, flags.none, next(2) * id, words(1 + next(0x7fff_fffe)))),
    send(frame(next(12), next(256), id, anyBytes(next, 60))),
    send(anyBytes(next, 40)),
    (socket) => void socket.end(),
    (socket) => void socket.resetAndDestroy(),
    (socket) => void socket.destroy(),
  ];
}

async function startWildOrigin(next: (below: number) => number) {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => {});
    if (next(10) > 0) socket.write(settings());
    socket.on("data", () => {
      for (let count = next(4); count >= 0; count -= 1) {
        const choices = acts(next, 1 + 2 * next(4));
        setTimeout(() => {
          if (!socket.destroyed) choices[next(choices.length)]?.(socket);
        }, next(20));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test.each([1, 2, 3])("an origin gone wild (%i) is always answered for", async (seed) => {
  const next = numbers(seed);
  await using origin = await startWildOrigin(next);
  await using gateway = await startGatewayOn({
    zones: [{ hosts: ["*"], origins: [origin.url], h2c: true }],
    timeouts: { responseMs: 300, bodyIdleMs: 300, writeMs: 300, keepAliveMs: 200 },
  });
  const endings: string[] = [];
  const ask = async (left: number): Promise<void> => {
    const isUpload = next(3) === 0;
    const response = await gateway.request({
      method: isUpload ? "POST" : "GET",
      bodyBytes: isUpload ? next(100_000) : 0,
    });
    endings.push(response.ending);
    if (left > 1) await ask(left - 1);
  };

  await Promise.all(Array.from({ length: 10 }, () => ask(20)));

  expect(endings.filter((ending) => ending === "hang" || ending === "garbage")).toEqual([]);
  expect(gateway.messages).toEqual([]);
  const pool = gateway.gateway.zones[0]?.origins[0]?.connections[0];
  await waitFor(() => pool?.counts.active === 0 && pool.counts.idle === 0, "connections are left");
});

// Frames in the wrong order, of the wrong length, in other streams; sections that break off within a field, which ended the process once:
// node:http2 forgot what it had of them. `npm run fuzz` does the same for as long as one likes: docs/reliability.md.
test(
  "damaged frames end in an answer or a cut, never in a crash, a hang, or anything that is not theirs",
  { timeout: 120_000 },
  async () => {
    await using scenario = await startHttp2Scenario();

    const found = await storm(scenario, { runs: 100, seed: Date.now() % 1_000_000_000 });

    expect(found).toBeNull();
  },
);

const head = fieldBlock([[":status", "200"]]).toString("latin1");
const own = (type: number, flag: number, payload: string, lie = 0) =>
  ({ type, flags: flag, of: "own", payload, lie }) as const;
/** Frames, by what is wrong with them. */
const onceTaken: readonly (readonly [string, Http2Plan["frames"]])[] = [
  [
    "an end behind a reset without an error",
    [
      own(types.headers, flags.endHeaders, head),
      own(types.data, 0, "abc"),
      own(types.reset, 0, "\0\0\0\0"),
      own(types.data, flags.endStream, "def"),
    ],
  ],
  [
    "an end that is announced by a frame of which only half comes",
    [own(types.headers, flags.endHeaders, head), own(types.data, flags.endStream, "abc", 300)],
  ],
  [
    "an end behind a CONTINUATION that continues nothing",
    [
      own(types.headers, flags.endHeaders, head),
      own(types.continuation, flags.endHeaders, ""),
      own(types.data, flags.endStream, "abc"),
    ],
  ],
];

test("ends that were none once are none: behind a reset, a fault, or within half a frame", async () => {
  await using scenario = await startHttp2Scenario();
  const plans = onceTaken.map(([, frames]): Http2Plan => ({
    cuts: [],
    otherCuts: [0.9],
    ending: "ends",
    greeting: "settings",
    frames,
    damages: [],
    isGood: false,
  }));

  await scenario.run(plans, 0);

  expect([...scenario.figures.verdicts.keys()].filter((verdict) => /passed/.test(verdict))).toEqual(
    [],
  );
});
