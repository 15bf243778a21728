import { describe, expect, test } from "vitest";

import { testFailureChain } from "../helpers/failure-chain.ts";
import { startGateway } from "../helpers/gateway.ts";
import { field } from "../helpers/raw-client.ts";

testFailureChain({
  fixture: "refused",
  type: "destination_not_found",
  reason: null,
  phase: "edge",
  codes: { cloudflare: 1001, "cloudflare-1016": 1001, rfc9209: 500, generic: 502 },
  request: { host: "nobody.test" },
  zone: "none",
});

describe("destination_not_found", () => {
  test.each(["nobody.test", "www.good.test", "good.test.evil.test", "good"])(
    "%s is no host of the zone good.test",
    async (host) => {
      await using gateway = await startGateway({ fixtures: ["good"] });

      const response = await gateway.get("/", [["Host", host]]);

      expect(response.status).toBe(409);
      expect(gateway.requestsSeen("good")).toBe(0);
    },
  );

  test.each(["GOOD.test", "good.test.", "good.test:8080"])(
    "%s is a host of the zone good.test",
    async (host) => {
      await using gateway = await startGateway({ fixtures: ["good"] });

      const response = await gateway.get("/", [["Host", host]]);

      expect(response.status).toBe(200);
    },
  );

  test("a request of HTTP/1.0 without a Host is for no zone", async () => {
    await using gateway = await startGateway({ fixtures: ["good"] });
    const connection = gateway.connect();

    const response = await connection.request({ version: "1.0" });
    connection.close();

    expect(response.status).toBe(409);
    expect(await gateway.line()).toMatchObject({
      failure: "destination_not_found",
      host: "",
      zone: "",
    });
  });

  test("the client's connection stays open for its next request", async () => {
    await using gateway = await startGateway({ fixtures: ["good"] });
    const connection = gateway.connect();

    const lost = await connection.request({ headers: [["Host", "nobody.test"]] });
    const found = await connection.request({ headers: [["Host", "good.test"]] });
    connection.close();

    expect(field(lost, "connection")).not.toBe("close");
    expect(found.status).toBe(200);
  });
});
