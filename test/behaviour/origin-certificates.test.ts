// Certificates of origins are watched: whoever reads the log, the metrics or a verbose page hears of one before it ends.

import { describe, expect, test } from "vitest";

import { startGateway, waitFor, type ZooGateway } from "../helpers/gateway.ts";

const dayMs = 86_400_000;

function warnings({ notices }: ZooGateway): unknown[] {
  return notices.filter(({ msg }) => String(msg).startsWith("certificate of origin"));
}

/** The metric, as days from now. */
async function daysLeft(gateway: ZooGateway, zone: string): Promise<number> {
  const name = "edgecase_origin_certificate_expiry_timestamp_seconds";
  return Math.round(((await gateway.metric(name, { zone })) * 1_000 - Date.now()) / dayMs);
}

describe("an origin's certificate", () => {
  test("that ends soon is told of in the log once a day, and in the metrics", async () => {
    await using gateway = await startGateway({ fixtures: ["expires-soon"] });

    await gateway.get("/");
    await gateway.get("/");

    expect(warnings(gateway)).toEqual([
      expect.objectContaining({
        msg: "certificate of origin expires soon",
        zone: "expires-soon.test",
        days: 2, // Whole ones.
      }),
    ]);
    expect(await daysLeft(gateway, "expires-soon.test")).toBe(3);
  });

  test("is seen by a check as well, before any request", async () => {
    await using gateway = await startGateway({
      fixtures: ["expires-soon"],
      zone: { monitor: { interval: 1, timeout: 0.8 } },
    });

    await waitFor(() => warnings(gateway).length > 0, "no warning", 5_000);

    expect(gateway.lines).toEqual([]);
  });

  test("that has long to go is no cause for a warning", async () => {
    await using gateway = await startGateway({ fixtures: ["tls-good"] });

    await gateway.get("/");

    expect(warnings(gateway)).toEqual([]);
    expect(await daysLeft(gateway, "tls-good.test")).toBe(365);
  });

  test("that has ended is told of even where it is let pass", async () => {
    await using gateway = await startGateway({ fixtures: ["expired"], zone: { ssl: "full" } });

    const response = await gateway.get("/");

    expect(response.status).toBe(200);
    expect(warnings(gateway)).toEqual([
      expect.objectContaining({ msg: "certificate of origin has expired" }),
    ]);
  });

  test("that is refused still tells its end in the metrics", async () => {
    await using gateway = await startGateway({ fixtures: ["expired"] });

    await gateway.get("/");

    expect(await daysLeft(gateway, "expired.test")).toBeLessThan(0);
  });

  test("that ends soon stands on the verbose pages of its zone, whatever they are about", async () => {
    await using gateway = await startGateway({ fixtures: ["expires-soon"] });
    await gateway.get("/");
    const origin = gateway.zoo.members[0]?.started.origin ?? "";
    await gateway.zoo.close(); // Its resolver, too.

    const response = await gateway.get("/", [["Accept", "text/plain"]]);

    const page = response.body.toString();
    expect(response.status).toBe(523);
    expect(page).toContain("Certificate about to end");
    expect(page).toContain(`${origin}: `);
    expect(page).toContain("(in 3 days)");
  });

  test("warns as early as the zone wants", async () => {
    await using gateway = await startGateway({
      fixtures: ["expires-soon"],
      zone: { certificateWarningDays: 1 },
    });

    await gateway.get("/");

    expect(warnings(gateway)).toEqual([]);
  });
});
