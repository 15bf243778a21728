// The attack: paths that mean `/cdn-cgi/` to one and something else to the other. A client wants the edge's own pages where they are
// hidden from it, an origin's pages under the edge's name, or a request to slip past rules that the edge keeps by the prefix.
//
// Seen: Orange Tsai, "Breaking Parser Logic", 2018, for path tricks in general. The edge changes no path, so it compares what stands
// there, byte for byte (docs/cdn-cgi.md).

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { flags } from "../../fixtures/http2-frames.ts";
import { startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";
import { RawHttp2 } from "../helpers/raw-http2.ts";
import { makeSecureListener } from "../helpers/secure-listener.ts";

let origin: TestOrigin;
let gateway: TestGateway;

beforeAll(async () => {
  const secure = await makeSecureListener("shop.test");
  origin = await startOrigin((socket) => socket.write(ok("the origin's")));
  gateway = await startGatewayOn({
    listen: secure.listen,
    zones: [{ hosts: ["shop.test"], origins: [origin.url] }],
  });
  secure.remove();
});
afterAll(async () => {
  await gateway.close();
  await origin[Symbol.asyncDispose]();
});

const elsewhere = [
  "//cdn-cgi/trace",
  "///cdn-cgi/trace",
  "/./cdn-cgi/trace",
  "/x/../cdn-cgi/trace",
  "/x/..;/cdn-cgi/trace",
  "/%2e/cdn-cgi/trace",
  "/x/%2e%2e/cdn-cgi/trace",
  "/%2fcdn-cgi/trace",
  "/%63dn-cgi/trace",
  "/cdn%2dcgi/trace",
  "/cdn-cgi%2ftrace",
  "/cdn-cgi%2Ftrace",
  "/cdn-cgi;/trace",
  "/cdn-cgi;x=y/trace",
  "/cdn-cgi\\trace",
  "/\\cdn-cgi/trace",
  "/cdn-cgi?/trace",
  "/CDN-CGI/trace",
  "/Cdn-Cgi/trace",
  "/cdn-cgi",
  "/cdn-cgi.",
  "/cdn-cgi%00/trace",
  "/cdn-cgi%20/trace",
  "/cdn_cgi/trace",
  "/cdn-cg%C4%B1/trace",
];

const reserved = [
  "/cdn-cgi/",
  "/cdn-cgi//trace",
  "/cdn-cgi/../admin",
  "/cdn-cgi/%2e%2e/admin",
  "/cdn-cgi/..;/admin",
  "/cdn-cgi/./trace",
  "/cdn-cgi/trace/../../admin",
  "/cdn-cgi/trace%2f..%2f..%2fadmin",
  "/cdn-cgi/trace;/admin",
  "/cdn-cgi/trace%00",
  "/cdn-cgi/TRACE",
  "/cdn-cgi/error/521/../../../admin",
  "/cdn-cgi/error/__proto__",
  "/cdn-cgi/error/constructor",
  "/cdn-cgi/error/521?failure=__proto__",
  "/cdn-cgi/error/521?failure=constructor/prototype",
  "/cdn-cgi/\\..\\admin",
];

/** What an HTTP/2 client gets for a path: the content, and the status in the log. */
async function overHttp2(path: string) {
  const before = gateway.lines.length;
  const client = new RawHttp2(gateway.securePort);
  client.request(1, [[":path", path]], flags.endStream);
  const { content } = await client.ended(1);
  client.close();
  await waitFor(() => gateway.lines.length > before, "it has no line");
  return { content, status: gateway.lines.at(-1)?.["status"] };
}

describe("a path that is not the edge's", () => {
  test.each(elsewhere)("%s goes to the origin as it is, over either version", async (path) => {
    const heads = origin.heads.length;

    const first = await gateway.get(path);
    const second = await overHttp2(path);

    expect([first.body.toString(), second.content]).toEqual(["the origin's", "the origin's"]);
    expect(origin.heads.slice(heads).map((head) => head.split(" ", 2)[1])).toEqual([path, path]);
  });
});

describe("a path of the edge's", () => {
  test.each(reserved)("%s stays at the edge, and is no page", async (path) => {
    const heads = origin.heads.length;

    const first = await gateway.get(path);
    const second = await overHttp2(path);

    expect([first.status, second.status]).toEqual([404, 404]);
    expect(origin.heads).toHaveLength(heads);
  });

  test.each(["http://shop.test/cdn-cgi/trace", "HTTP://SHOP.TEST/cdn-cgi/trace?x"])(
    "is one in an absolute target, too: %s",
    async (target) => {
      const heads = origin.heads.length;

      const response = await gateway.get(target);

      expect(response.body.toString()).toContain("visit_scheme=http");
      expect(origin.heads).toHaveLength(heads);
    },
  );
});
