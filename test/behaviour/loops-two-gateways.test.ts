import { describe, expect, test } from "vitest";

import type { ConfigFile } from "../../src/config/schema.ts";
import { startGatewayOn } from "../helpers/gateway.ts";
import { startOrigin } from "../helpers/origin.ts";
import { field, rawRequest } from "../helpers/raw-client.ts";

/** A zone whose origin is at this port. */
function zoneTo(port: number): ConfigFile {
  return { zones: [{ hosts: ["ring.test"], origins: [`http://127.0.0.1:${port}`] }] };
}

/** A port that nothing listens on right now. */
async function freePort(): Promise<number> {
  await using origin = await startOrigin(() => {});
  return Number(new URL(origin.url).port);
}

describe("two gateways that have each other for an origin", () => {
  test("end a request with 1000 after three passes in all", async () => {
    const port = await freePort();
    await using second = await startGatewayOn(zoneTo(port));
    await using first = await startGatewayOn({ listen: { http: port }, ...zoneTo(second.port) });

    const response = await first.get();

    expect(response.status).toBe(403);
    expect(field(response, "cf-error-type")).toBe("1000");
    expect(field(response, "proxy-status")).toMatch(/^edgecase; error=proxy_loop_detected/);
    await first.line((line) => line["originStatus"] === 403);
    expect(first.lines.map((line) => line["failure"])).toEqual([null, null]);
    expect(second.lines.map((line) => line["failure"])).toEqual(["proxy_loop_detected", null]);
  });

  test("are not deceived by a quote that never closes", async () => {
    const port = await freePort();
    await using second = await startGatewayOn(zoneTo(port));
    await using first = await startGatewayOn({ listen: { http: port }, ...zoneTo(second.port) });

    const response = await rawRequest(first.port, {
      headers: [
        ["Host", "ring.test"],
        ["CDN-Loop", 'other; a="'],
      ],
    });

    expect(response.status).toBe(403);
    expect(first.lines.length + second.lines.length).toBeLessThanOrEqual(4);
  });
});
