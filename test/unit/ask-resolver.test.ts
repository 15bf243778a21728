import { describe, expect, test } from "vitest";

import { askResolver, placeOf } from "../../src/diagnose/ask-resolver.ts";
import { startResolver } from "../helpers/resolver.ts";

describe("a resolver's place", () => {
  test.each([
    ["192.0.2.1", "192.0.2.1", 53],
    ["192.0.2.1:5353", "192.0.2.1", 5_353],
    ["2001:db8::1", "2001:db8::1", 53],
    ["[2001:db8::1]:5353", "2001:db8::1", 5_353],
  ])("is read from %s", (written, host, port) => {
    expect(placeOf(written)).toEqual({ host, port });
  });
});

describe("a question to a resolver", () => {
  test("brings the records with their TTL", async () => {
    await using resolver = await startResolver(60);

    const { answer, records } = await askResolver(
      resolver.address,
      { name: "shop.test", type: "A" },
      2_000,
    );

    expect(answer).toBe("NOERROR");
    expect(records).toEqual([{ type: "A", name: "shop.test", value: "127.0.0.1", ttl: 60 }]);
  });

  test("ends at its deadline where no answer comes", async () => {
    await using resolver = await startResolver(60);
    resolver.isSilent = true;

    const { answer } = await askResolver(resolver.address, { name: "shop.test", type: "A" }, 50);

    expect(answer).toBe("no answer");
  });

  test("tells of a closed port at once", async () => {
    const { answer } = await askResolver("127.0.0.1:9", { name: "shop.test", type: "A" }, 2_000);

    expect(answer).toBe("ECONNREFUSED");
  });
});
