// The attack: HPACK lets a field of 4 KB be sent once and be named by one byte from then on. A frame of 16 KB names it sixteen
// thousand times: 64 MB of fields, in each request.
//
// Seen: CVE-2016-6581 (the "HPACK bomb"), Imperva's "HTTP/2: In-depth analysis of the top four flaws", 2016.

import { expect, test } from "vitest";

import { fieldBlock, flags, frame, types } from "../../fixtures/http2-frames.ts";
import { startBesieged } from "../helpers/besieged.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { RawHttp2 } from "../helpers/raw-http2.ts";

/** GET, https and `/` of HPACK's own table, and an authority. @see RFC 7541, appendix A */
const pseudo = Buffer.concat([Buffer.from([0x82, 0x87, 0x84, 0x41, 9]), Buffer.from("shop.test")]);
/** A field that enters the table, where it is the first to be named. @see RFC 7541 §6.2.1 */
const bomb = Buffer.concat([Buffer.of(0x40), fieldBlock([["x", "v".repeat(3_900)]]).subarray(1)]);
const naming = Buffer.alloc(16_000, 0xbe);

test("a request of 64 MB in 16 KB is reset before it is unpacked, and others are served meanwhile", async () => {
  await using origin = await startOrigin((socket) => socket.write(ok()));
  await using gateway = await startBesieged({
    zones: [{ hosts: ["shop.test"], origins: [origin.url] }],
  });
  const client = new RawHttp2(gateway.securePort);
  client.send(
    frame(types.headers, flags.endStream | flags.endHeaders, 1, Buffer.concat([pseudo, bomb])),
  );
  const first = await client.ended(1, 30_000);
  const bytes = gateway.residentBytes();

  await client.flood(
    (index) => frame(types.headers, 5, 3 + 2 * index, Buffer.concat([pseudo, naming])),
    100,
  );
  const other = await gateway.serve();
  const last = await client.ended(201, 30_000);

  client.close();
  expect([first.content, other.status]).toEqual(["hello", 200]);
  expect(last.isWhole).toBe(false);
  expect(origin.heads).toHaveLength(2);
  expect(gateway.residentBytes() - bytes).toBeLessThan(100_000_000);
});
