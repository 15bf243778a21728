// The attack: SETTINGS, one after the other. Each wants an acknowledgement, and a client that does not read lets them pile up.
//
// Seen: CVE-2019-9515, "Settings Flood".

import { describe, expect, test } from "vitest";

import { settings } from "../../fixtures/http2-frames.ts";
import { startHttp2Siege } from "../helpers/http2-siege.ts";

const batch = Buffer.concat(Array.from({ length: 500 }, () => settings([3, 100])));

describe("a client that sends SETTINGS a hundred thousand times", () => {
  test.each(["reads", "reads nothing"])(
    "and %s is let go, and others are served meanwhile",
    async (how) => {
      await using siege = await startHttp2Siege({ timeouts: { clientIdleMs: 2_000 } });
      const { client, gateway } = siege;
      if (how === "reads nothing") client.socket.pause();

      const flood = client.flood(() => batch, 200);
      const other = await siege.serveOther();
      await flood;
      client.socket.resume();

      await siege.isOver();
      expect(other).toBe(200);
      expect(gateway.messages).toEqual([]);
    },
  );
});
