import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";

import { describe, expect, test } from "vitest";

import { testFailureChain } from "../helpers/failure-chain.ts";
import { startGateway, startGatewayOn } from "../helpers/gateway.ts";
import { field } from "../helpers/raw-client.ts";

testFailureChain({
  fixture: "good",
  type: "proxy_loop_detected",
  reason: null,
  phase: "edge",
  codes: { cloudflare: 1000, "cloudflare-1016": 1000, rfc9209: 502, generic: 502 },
  request: { headers: [["CDN-Loop", "edgecase, edgecase, edgecase"]] },
});

describe("proxy_loop_detected", () => {
  test.each([
    ["three members of one field", [["CDN-Loop", "edgecase, edgecase, edgecase"]]],
    [
      "three fields",
      [
        ["CDN-Loop", "edgecase"],
        ["CDN-Loop", "edgecase"],
        ["CDN-Loop", "edgecase"],
      ],
    ],
    ["members with parameters", [["CDN-Loop", 'edgecase; v=1,edgecase;a="b",EDGECASE']]],
    ["members among others", [["CDN-Loop", "a.example, edgecase, b.example, edgecase, edgecase"]]],
  ] as [string, [string, string][]][])(
    "%s stop a request before the origin",
    async (_name, headers) => {
      await using gateway = await startGateway({ fixtures: ["good"] });

      const response = await gateway.get("/", headers);

      expect(response.status).toBe(403);
      expect(gateway.requestsSeen("good")).toBe(0);
    },
  );

  test.each([
    ["two passes", "edgecase, edgecase"],
    ["other CDNs", "a.example, b.example, c.example, d.example"],
    ["names that only begin alike", "edgecase2, edgecase-x, edgecase.example, notedgecase"],
  ])("%s do not stop it", async (_name, loop) => {
    await using gateway = await startGateway({ fixtures: ["good"] });

    const response = await gateway.get("/", [["CDN-Loop", loop]]);

    expect(response.status).toBe(200);
  });

  test("a circle through another proxy ends after three rounds", async () => {
    let gatewayPort = 0;
    const relay = createServer((socket) => {
      const through = connect(gatewayPort, "127.0.0.1");
      socket.on("error", () => through.destroy());
      through.on("error", () => socket.destroy());
      socket.pipe(through).pipe(socket);
    });
    relay.listen(0, "127.0.0.1");
    await once(relay, "listening");
    const { port } = relay.address() as AddressInfo;
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["circle.test"], origins: [`http://127.0.0.1:${port}`] }],
    });
    gatewayPort = gateway.port;

    const response = await gateway.get();
    relay.close();

    expect(response.status).toBe(403);
    expect(field(response, "cf-error-type")).toBe("1000");
    await gateway.line((line) => line["failure"] === null);
    expect(
      await gateway.metric("edgecase_failures_total", { failure: "proxy_loop_detected" }),
    ).toBe(1);
  });
});
