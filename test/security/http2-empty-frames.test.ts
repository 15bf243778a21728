// The attack: frames that carry nothing, and cost their sender next to nothing: DATA without a byte and without an end, HEADERS
// without a field, content that is all padding.
//
// Seen: CVE-2019-9518, "Empty Frames Flood", and CVE-2019-9516, "0-Length Headers Leak".

import { describe, expect, test } from "vitest";

import { fieldBlock, flags, frame, types } from "../../fixtures/http2-frames.ts";
import { startHttp2Siege } from "../helpers/http2-siege.ts";

const many = (one: Buffer, count = 500): Buffer =>
  Buffer.concat(Array.from({ length: count }, () => one));
const padded = Buffer.concat([Buffer.of(200), Buffer.alloc(200)]);

describe("a client that sends frames with nothing in them", () => {
  test.each([
    ["content without a byte", many(frame(types.data, flags.none, 1))],
    ["heads without a field", many(frame(types.headers, 5, 3))],
    ["a field without a name", many(frame(types.headers, 5, 3, fieldBlock([["", ""]])))],
  ])("(%s) is let go, and others are served meanwhile", async (_what, batch) => {
    await using siege = await startHttp2Siege({ timeouts: { clientIdleMs: 2_000 } });
    const { client, gateway } = siege;
    client.request(
      1,
      [
        [":method", "POST"],
        [":path", "/slow"],
      ],
      flags.none,
    );

    const flood = client.flood(() => batch, 200);
    const other = await siege.serveOther();
    await flood;

    await siege.isOver();
    expect(other).toBe(200);
    expect(gateway.messages).toEqual([]);
  });

  test("(padding) is held to its window, and times out as a body that stands still", async () => {
    await using siege = await startHttp2Siege({ timeouts: { bodyIdleMs: 500 } });
    const { client, gateway } = siege;
    client.request(
      1,
      [
        [":method", "POST"],
        [":path", "/slow"],
      ],
      flags.none,
    );

    const flood = client.flood(() => many(frame(types.data, 8, 1, padded), 50), 20);
    const other = await siege.serveOther();
    await flood;
    const line = await gateway.line(({ path }) => path === "/slow");

    expect(other).toBe(200);
    expect(line).toMatchObject({ status: 499, requestBytes: 0 });
  });
});
