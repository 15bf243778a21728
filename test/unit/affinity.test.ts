import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { ZoneFile } from "../../src/config/schema.ts";
import type { ExchangeContext } from "../../src/exchange-context.ts";
import { AddressTable } from "../../src/pick/address-table.ts";
import { Zone } from "../../src/zone.ts";
import { nobody, zonesOf } from "../helpers/zone.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

function passSeconds(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1_000);
}

/** A zone of the origins a and b, after a reload if there was one before. */
function openZone(a: object, affinity: ZoneFile["affinity"], before?: Zone): Zone {
  const origins = [
    { address: "http://127.0.0.1:1", name: "a", ...a },
    { address: "http://127.0.0.1:2", name: "b" },
  ];
  const [fresh] = zonesOf({ hosts: ["shop.test"], origins, ...(affinity && { affinity }) });
  if (fresh === undefined) throw new Error("no zone");
  before?.close();
  return before === undefined ? fresh : new Zone(fresh.config, nobody, before);
}

/** As much of a request as affinity looks at. */
function contextOf(clientAddress: string, cookie?: string): ExchangeContext {
  return { clientAddress, scheme: "http", req: { headers: { cookie } } } as never;
}

/** Gives a client to the first origin; returns its cookie. */
function bindToA({ affinity, pools }: Zone, clientAddress = "192.0.2.1"): string | undefined {
  const [pool] = pools;
  const [origin] = pool?.origins ?? [];
  if (!affinity || !pool || !origin) throw new Error("no origin");
  return affinity.bind(contextOf(clientAddress), null, { pool, origin })?.split(";", 1)[0];
}

/** The name of the origin that a client belongs to; null if it belongs to none. */
function ownerOf(zone: Zone, cookie?: string, clientAddress = "192.0.2.1"): string | null {
  return zone.affinity?.find(contextOf(clientAddress, cookie))?.origin.label ?? null;
}

describe.each(["cookie", "address"] as const)("a client that belongs to an origin, by %s", (by) => {
  test.each([{ enabled: false }, { weight: 0 }])(
    "stays for the time of its drain when a reload says %j, and leaves then",
    (off) => {
      const before = openZone({}, { by, drain: 60 });
      const cookie = bindToA(before);

      const zone = openZone(off, { by, drain: 60 }, before);
      passSeconds(59);
      const during = ownerOf(zone, cookie);
      passSeconds(1);

      expect([during, ownerOf(zone, cookie)]).toEqual(["a", null]);
    },
  );

  test("drains from the reload that switched the origin off, not from a later one", () => {
    const before = openZone({}, { by, drain: 60 });
    const cookie = bindToA(before);
    const off = openZone({ enabled: false }, { by, drain: 60 }, before);
    passSeconds(40);

    const zone = openZone({ enabled: false }, { by, drain: 60 }, off);
    passSeconds(20);

    expect(ownerOf(zone, cookie)).toBeNull();
  });

  test("drains anew when the origin was on in between", () => {
    const before = openZone({ enabled: false }, { by, drain: 60 });
    passSeconds(40);
    const on = openZone({}, { by, drain: 60 }, before);
    const cookie = bindToA(on);

    const zone = openZone({ enabled: false }, { by, drain: 60 }, on);
    passSeconds(59);

    expect(ownerOf(zone, cookie)).toBe("a");
  });

  test("leaves at once where there is no drain", () => {
    const before = openZone({}, { by });
    const cookie = bindToA(before);

    const zone = openZone({ enabled: false }, { by }, before);

    expect(ownerOf(zone, cookie)).toBeNull();
  });

  test("belongs to nobody when the origin has another name after a reload", () => {
    const before = openZone({}, { by });
    const cookie = bindToA(before);

    const zone = openZone({ name: "c" }, { by }, before);

    expect(ownerOf(zone, cookie)).toBeNull();
  });
});

describe("a session ends", () => {
  test("by cookie: when its time is up, however often it was used", () => {
    const zone = openZone({}, { by: "cookie", ttl: 100 });
    const cookie = bindToA(zone);
    passSeconds(98);
    const before = ownerOf(zone, cookie);
    passSeconds(2);

    expect([before, ownerOf(zone, cookie)]).toEqual(["a", null]);
  });

  test("by address: when it was not used for that time", () => {
    const zone = openZone({}, { by: "address", ttl: 100 });
    bindToA(zone);
    passSeconds(99);
    const first = ownerOf(zone);
    passSeconds(99);
    const second = ownerOf(zone);
    passSeconds(100);

    expect([first, second, ownerOf(zone)]).toEqual(["a", "a", null]);
  });
});

describe("the table of addresses", () => {
  test("holds as many as it may, and lets go of the one that was not used for longest", () => {
    const table = new AddressTable(1_000_000, 2);
    table.bind("first", "1");
    table.bind("second", "2");
    table.use("first");

    table.bind("third", "3");

    expect(["first", "second", "third"].map((address) => table.use(address))).toEqual([
      "1",
      null,
      "3",
    ]);
    expect(table.size).toBe(2);
  });

  test("lets go of all whose time is up as soon as another one comes", () => {
    const table = new AddressTable(1_000);
    for (let index = 0; index < 100; index += 1) table.bind(`old ${index}`, "1");
    passSeconds(1);

    table.bind("new", "1");

    expect(table.size).toBe(1);
  });

  test("holds 65,536 addresses unless told", () => {
    const table = new AddressTable(1_000_000);

    for (let index = 0; index < 70_000; index += 1) table.bind(String(index), "1");

    expect(table.size).toBe(65_536);
  });
});
