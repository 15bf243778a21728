// `edgecase inject` as people type it, against a gateway that runs.

import { describe, expect, test } from "vitest";

import { startAdmin, type TestAdmin } from "../helpers/admin.ts";
import { runEdgecaseBeside as edgecase } from "../helpers/edgecase-command.ts";
import { ok, startOrigin } from "../helpers/origin.ts";

const at = ({ url }: TestAdmin): string[] => ["--admin", url];

describe("edgecase inject", () => {
  test("injects, lists and clears", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using admin = await startAdmin({
      zones: [{ hosts: ["shop.test"], origins: [origin.url] }],
    });
    const rule = ["--zone", "shop.test", "--path", "/api/*", "--header", "x-plan: fr*"];

    const injected = await edgecase(["inject", "525", ...rule, "--for", "10m", ...at(admin)]);
    const statuses = [
      (await admin.gateway.get("/api/cart", [["x-plan", "free"]])).status,
      (await admin.gateway.get("/", [["x-plan", "free"]])).status,
    ];
    const listed = await edgecase(["inject", "--list", ...at(admin)]);
    const cleared = await edgecase(["inject", "--clear", "1", "--json", ...at(admin)]);
    const empty = await edgecase(["inject", "--list", ...at(admin)]);

    const line = "1  525  zone shop.test, path /api/*, x-plan: fr*, for 600 s more";
    expect(injected).toMatchObject({ status: 0, stdout: `${line}  (0 of 0)\n` });
    expect(statuses).toEqual([525, 200]);
    expect(listed.stdout).toMatch(/^1 {2}525 .* \(1 of 1\)\n$/);
    expect(JSON.parse(cleared.stdout)).toMatchObject({ faults: [{ id: "1", fault: "525" }] });
    expect(empty).toEqual({ status: 0, stdout: "", stderr: "edgecase: no fault is in force\n" });
    expect((await admin.gateway.get("/api/cart", [["x-plan", "free"]])).status).toBe(200);
  });

  test.each([
    [
      ["expird"],
      'fault: is no code, failure type, reason or broken origin that fails (found "expird"); did you mean "expired"?',
    ],
    [["525", "--zone", "shop.tset"], "zone: is not a zone's host"],
    [["525", "--rate", "often"], '--rate: must be a number (found "often")'],
    [["525", "--rate", "2"], "rate: must be"],
    [["525", "--header", "x-plan"], "--header: must be name: value"],
    [["525", "--after", "5"], "after: is for cut and stall alone"],
    [["525", "--list"], "fault: must not stand beside --list or --clear"],
    [["--clear", "77"], "--clear: is not the id of a fault in force"],
    [[], "fault: must be named"],
  ])("%o is refused with exit code 2", async (args, message) => {
    await using admin = await startAdmin({
      zones: [{ hosts: ["shop.test"], origins: ["http://127.0.0.1:9"] }],
    });

    const { status, stderr, stdout } = await edgecase(["inject", ...args, ...at(admin)]);

    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(admin.gateway.gateway.injection.rules).toEqual([]);
  });
});
