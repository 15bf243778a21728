// The attack: PING, one after the other. Each wants an answer, and a client that does not read lets them pile up.
//
// Seen: CVE-2019-9512, "Ping Flood".

import { describe, expect, test } from "vitest";

import { flags, frame, types } from "../../fixtures/http2-frames.ts";
import { startHttp2Siege } from "../helpers/http2-siege.ts";

const ping = frame(types.ping, flags.none, 0, Buffer.alloc(8));
const batch = Buffer.concat(Array.from({ length: 1_000 }, () => ping));

describe("a client that sends PING a hundred thousand times", () => {
  test.each(["reads", "reads nothing"])(
    "and %s is let go, and others are served meanwhile",
    async (how) => {
      await using siege = await startHttp2Siege({ timeouts: { clientIdleMs: 2_000 } });
      const { client, gateway } = siege;
      if (how === "reads nothing") client.socket.pause();

      const flood = client.flood(() => batch, 100);
      const other = await siege.serveOther();
      await flood;
      client.socket.resume();

      await siege.isOver();
      expect(other).toBe(200);
      expect(gateway.messages).toEqual([]);
    },
  );
});
