// The attack: one request whose fields are as large as they may be, and of a shape that makes whoever reads them go back and forth: a
// regular expression that backtracks, a list that is searched anew for each member. While it is read nobody else is served.
//
// Seen: CVE-2016-10539 (negotiator, Accept-Language), CVE-2017-16119 (fresh, If-None-Match) and many more in Node's world.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Besieged, startBesieged } from "../helpers/besieged.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";
import { rawRequest } from "../helpers/raw-client.ts";

/** Nearly all that a request's fields may be, in bytes; a target may be a quarter of it. */
const most = 125_000;
/** Of a processor. One request takes a few, with everything around it. */
const longestMs = 2_000;

const shapes: Readonly<Record<string, string>> = {
  commas: ",".repeat(most),
  spaces: `a${" ".repeat(most)}b`,
  "commas and spaces": ", ".repeat(most / 2),
  "quotes that pair": '"a",'.repeat(most / 4),
  "a quote that does not close": `"${"\\".repeat(most)}`,
  semicolons: ";".repeat(most),
  weights: "a;q=0.1,".repeat(most / 8),
  cookies: "a=b; ".repeat(most / 5),
  addresses: "127.0.0.1, ".repeat(Math.floor(most / 11)),
  types: "*/*;q=0.1,".repeat(most / 10),
  "our own name": "edgecase,".repeat(Math.floor(most / 9)),
};

/** Every field that the gateway looks into. */
const names = [
  "Accept",
  "Accept-Encoding",
  "Authorization",
  "CDN-Loop",
  "Connection",
  "Content-Type",
  "Cookie",
  "Edgecase-Reveal",
  "Expect",
  "TE",
  "Trailer",
  "Upgrade",
  "User-Agent",
  "X-Forwarded-For",
  "X-Forwarded-Proto",
  "traceparent",
  "tracestate",
];

let origin: TestOrigin;
let gateway: Besieged;

beforeAll(async () => {
  origin = await startOrigin((socket) => socket.write(ok()));
  gateway = await startBesieged({
    trustedProxies: ["127.0.0.0/8"],
    tracing: true,
    zones: [
      {
        hosts: ["shop.test"],
        origins: [origin.url],
        affinity: {},
        fields: { acceptEncoding: "normalized" },
      },
      { hosts: ["down.test"], origins: ["http://127.0.0.1:9"] },
    ],
  });
}, 60_000);
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await origin[Symbol.asyncDispose]();
});

/** The status of each request, and those that took too long. */
async function slowOnes(
  requests: readonly { what: string; target: string; headers: [string, string][] }[],
) {
  const slow: string[] = [];
  const statuses = new Set<number>();
  for (const { what, target, headers } of requests) {
    const before = gateway.cpuMs();
    const { status } = await rawRequest(gateway.port, { target, headers, capMs: 60_000 });
    statuses.add(status);
    const tookMs = gateway.cpuMs() - before;
    if (tookMs > longestMs) slow.push(`${what}: ${tookMs} ms`);
  }
  return { slow, statuses: [...statuses] };
}

describe("a request of 125 KB", () => {
  test.each(["shop.test", "down.test"])(
    "takes a moment to read whatever field of it is hostile, and is answered: %s",
    { timeout: 120_000 },
    async (host) => {
      const requests = names.flatMap((name) =>
        Object.entries(shapes).map(([shape, value]) => ({
          what: `${name}: ${shape}`,
          target: "/",
          headers: [
            ["Host", host],
            [name, value],
          ] as [string, string][],
        })),
      );

      const { slow, statuses } = await slowOnes(requests);

      expect(slow).toEqual([]);
      expect(statuses.filter((status) => status === 0)).toEqual([]);
      expect(gateway.isAlive()).toBe(true);
    },
  );

  test("takes no longer in its host or its target", { timeout: 120_000 }, async () => {
    const long = most / 4;
    const targets = ["%41", "/..", "a=b&", "[", "::", "?", "%2e%2e%2f"].flatMap((piece) =>
      ["/", "/?", "/cdn-cgi/error/", "/cdn-cgi/error/521?failure="].map((start) => ({
        what: `${start}${piece}`,
        target: start + piece.repeat(Math.floor(long / piece.length)),
        headers: [["Host", "down.test"]] as [string, string][],
      })),
    );
    const hosts = ["a.", "1.", ":", "%41", "[", "-"].map((piece) => ({
      what: `Host: ${piece}`,
      target: "/",
      headers: [["Host", piece.repeat(Math.floor(most / piece.length))]] as [string, string][],
    }));

    const { slow } = await slowOnes([...targets, ...hosts]);

    expect(slow).toEqual([]);
    expect((await gateway.serve()).status).toBe(200);
  });
});
