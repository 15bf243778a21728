import { describe, expect, test } from "vitest";

import { startGateway, startGatewayOn } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { field } from "../helpers/raw-client.ts";

describe("a request for an IP address", () => {
  test.each(["127.0.0.1", "192.0.2.7:8080", "[::1]", "[2001:db8::1]:443"])(
    "(%s) that no zone has is 1003",
    async (host) => {
      await using gateway = await startGateway({ fixtures: ["good"] });

      const response = await gateway.get("/", [["Host", host]]);

      expect(response.status).toBe(403);
      expect(field(response, "cf-error-type")).toBe("1003");
      expect(field(response, "proxy-status")).toBe(
        'edgecase; error=destination_not_found; details="direct_ip"',
      );
      expect(response.body.toString()).toContain("The client asked for an IP address");
      expect(await gateway.line()).toMatchObject({
        status: 403,
        code: 1003,
        failure: "destination_not_found",
        reason: "direct_ip",
        zone: "",
      });
      expect(await gateway.metric("edgecase_errors_total", { zone: "none", code: "1003" })).toBe(1);
    },
  );

  test.each([
    ["rfc9209", 500],
    ["cloudflare-1016", 403],
  ])("is %s's %i", async (profile, status) => {
    await using gateway = await startGateway({ fixtures: ["good"], errors: { profile } });

    const response = await gateway.get("/", [["Host", "127.0.0.1"]]);

    expect(response.status).toBe(status);
  });

  test("is like every other failure with generic codes", async () => {
    await using gateway = await startGateway({ fixtures: ["good"], errors: { codes: "generic" } });

    const response = await gateway.get("/", [["Host", "127.0.0.1"]]);

    expect(response.status).toBe(502);
    expect(await gateway.line()).toMatchObject({ status: 502, code: 1003 });
  });

  test.each([["127.0.0.1"], ["[::1]"], ["*"]])("goes to the zone that has %s", async (host) => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: [host], origins: [origin.url] }],
    });

    const response = await gateway.get("/", [["Host", host === "*" ? "127.0.0.1" : host]]);

    expect(response.status).toBe(200);
  });

  test.each(["1.2.3", "127.0.0.1.example", "0x7f000001", "nobody.test"])(
    "is not what %s is, which is 1001",
    async (host) => {
      await using gateway = await startGateway({ fixtures: ["good"] });

      const response = await gateway.get("/", [["Host", host]]);

      expect(field(response, "cf-error-type")).toBe("1001");
    },
  );
});
