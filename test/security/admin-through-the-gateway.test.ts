// The attack: the admin server listens on loopback and asks loopback for nothing; the gateway may stand in front of everybody. Whoever
// gets the gateway to ask the admin server for him is on loopback: by a path or a host, or because a zone has it for its origin, by
// mistake or by a name that came to mean it. Whether a token is asked for or not, what is said there is the gateway's own to say.
//
// Seen: server-side request forgery in general (OWASP); CVE-2021-40438 (Apache, `mod_proxy` led to another origin by the path).

import { describe, expect, test } from "vitest";

import { startAdmin } from "../helpers/admin.ts";
import { startResolver } from "../helpers/resolver.ts";
import { ok, startOrigin } from "../helpers/origin.ts";

describe("the admin API through the gateway", () => {
  test.each([
    ["/api/settings", "localhost"],
    ["/api/settings", "127.0.0.1"],
    ["/metrics", "localhost:8081"],
    ["http://localhost:8081/api/settings", "shop.test"],
    ["/cdn-cgi/../api/settings", "shop.test"],
    ["//localhost:8081/api/settings", "shop.test"],
    ["/@localhost:8081/api/settings", "shop.test"],
    ["/?unix:/|http://localhost:8081/api/settings", "shop.test"],
  ])("is not reached by %s of %s", async (target, host) => {
    await using origin = await startOrigin((socket) => socket.write(ok("the origin's")));
    await using admin = await startAdmin({
      zones: [{ hosts: ["shop.test"], origins: [origin.url] }],
    });

    const response = await admin.gateway.get(target, [["Host", host]]);

    expect(response.body.toString()).not.toMatch(/"codes"|edgecase_build_info/);
    expect(response.status === 200 ? response.body.toString() : "").toMatch(/^(the origin's)?$/);
  });

  test.each(["127.0.0.1", "127.1", "2130706433", "[::ffff:127.0.0.1]"])(
    "is not reached by a zone whose origin is the admin server, written %s",
    async (address) => {
      await using admin = await startAdmin({
        zones: [{ hosts: ["*"], origins: [`http://${address}:1`] }],
      });
      const [origin] = admin.gateway.gateway.zones[0]?.origins ?? [];
      const target = origin?.connections[0]?.target as { port: number };
      target.port = admin.port;

      const response = await admin.gateway.get("/api/settings", [["Host", "localhost"]]);

      expect(response.status).toBe(403);
      expect(await admin.gateway.line()).toMatchObject({ failure: "destination_ip_prohibited" });
    },
  );

  test("is not reached by an origin's name that comes to mean this machine", async () => {
    await using resolver = await startResolver(60);
    resolver.addresses = ["127.0.0.1"];
    await using admin = await startAdmin({
      dns: { servers: [resolver.address] },
      zones: [{ hosts: ["*"], origins: ["http://rebound.zoo.test:1"] }],
    });
    const [origin] = admin.gateway.gateway.zones[0]?.origins ?? [];
    const target = origin?.connections[0]?.target as { port: number };
    target.port = admin.port;

    const response = await admin.gateway.get("/api/settings", [["Host", "localhost"]]);

    expect(response.status).toBe(403);
  });
});
