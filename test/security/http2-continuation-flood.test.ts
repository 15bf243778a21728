// The attack: HEADERS without END_HEADERS, and then CONTINUATION after CONTINUATION, without end. A server that limits what it has
// decoded, or waits for the end before it counts, fills its memory, or its processor, with one request that is never made, and that
// no log shows.
//
// Seen: CVE-2024-27316 (Apache), CVE-2024-27983 (Node), CVE-2024-28182 (nghttp2) and more: Bartek Nowotarski, 2024. A head that is
// sent slowly is slow-heads.test.ts.

import { describe, expect, test } from "vitest";

import { fieldBlock, flags, frame, types } from "../../fixtures/http2-frames.ts";
import { startHttp2Siege } from "../helpers/http2-siege.ts";

const repeated = (piece: Buffer, count: number): Buffer =>
  Buffer.concat(
    Array.from({ length: count }, () => frame(types.continuation, flags.none, 1, piece)),
  );

describe("a head that goes on in CONTINUATION", () => {
  test.each([
    ["of many fields", repeated(fieldBlock([["x", "y".repeat(50)]]), 100)],
    ["of nothing", repeated(Buffer.alloc(0), 100)],
    ["of frames as large as they may be", repeated(Buffer.alloc(16_384), 20)],
    ["of one field that never ends", repeated(Buffer.from("y".repeat(1_000)), 50)],
  ])("%s ends the connection, and is no request", async (_what, batch) => {
    await using siege = await startHttp2Siege();
    const { client, gateway, origin } = siege;
    const begun = fieldBlock([[":method", "GET"]]);
    client.send(frame(types.headers, flags.none, 1, begun));

    const flood = client.flood(() => batch, 200);
    const other = await siege.serveOther();
    await flood;

    await siege.isOver();
    expect(other).toBe(200);
    expect(origin.heads).toHaveLength(1);
    expect(gateway.lines).toHaveLength(1);
  });
});
