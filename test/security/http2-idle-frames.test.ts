// The attack: frames that are allowed at any time and ask for nothing: PRIORITY, which once moved streams about in a tree, window
// updates, and frames of types that nobody knows, which have to be passed over.
//
// Seen: CVE-2019-9513, "Resource Loop". nghttp2 has no tree any more; what is left is reading them.

import { describe, expect, test } from "vitest";

import { flags, frame, types, words } from "../../fixtures/http2-frames.ts";
import { startHttp2Siege } from "../helpers/http2-siege.ts";

const priority = 2;
const unknown = 77;
const many = (make: (index: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: 1_000 }, (_, index) => make(index)));

describe("a client that sends a hundred thousand frames which bring nothing", () => {
  test.each([
    [
      "PRIORITY",
      many((index) =>
        frame(priority, flags.none, 1 + 2 * index, Buffer.from([0, 0, 0, 0, index % 256])),
      ),
    ],
    ["WINDOW_UPDATE", many(() => frame(types.windowUpdate, flags.none, 0, words(1)))],
    ["a type that is none", many(() => frame(unknown, flags.none, 0, Buffer.alloc(10)))],
  ])("(%s) keeps nobody else from being served, and is served itself", async (_what, batch) => {
    await using siege = await startHttp2Siege();
    const { client, gateway } = siege;

    const flood = client.flood(() => batch, 100);
    const other = await siege.serveOther();
    await flood;
    client.request(20_001);
    const { content } = await client.ended(20_001, 30_000);

    expect([other, content]).toEqual([200, "hello"]);
    expect(gateway.messages).toEqual([]);
  });
});
