// The attack: `GET /public#/../admin` is no request target (a fragment never leaves a browser), so programs differ over it:
// one cuts it off, one keeps it in the path, one takes the rest for a query. A rule that one of them keeps on the path is
// passed by with the other.
//
// Seen: CVE-2023-45539 (HAProxy, rules on `path_end` passed by with `#`).

import { expect, test } from "vitest";

import { flags } from "../../fixtures/http2-frames.ts";
import { startGatewayOn } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { RawHttp2 } from "../helpers/raw-http2.ts";
import { makeSecureListener } from "../helpers/secure-listener.ts";

test.each([
  "/a#b",
  "/#",
  "/a?q#b",
  "http://a.test/a#b",
  "http://a.test#b",
  "/cdn-cgi/trace#",
  "/public.png#/admin",
])("%s is refused, and reaches no origin", async (target) => {
  await using origin = await startOrigin((socket) => socket.write(ok()));
  await using gateway = await startGatewayOn({ zones: [{ hosts: ["*"], origins: [origin.url] }] });

  const response = await gateway.get(target);

  expect(response.status).toBe(400);
  expect(await gateway.line()).toMatchObject({ status: 400, failure: "http_request_error" });
  expect(origin.connections).toBe(0);
});

test("the same over HTTP/2", async () => {
  const secure = await makeSecureListener("shop.test");
  await using origin = await startOrigin((socket) => socket.write(ok()));
  await using gateway = await startGatewayOn({
    listen: secure.listen,
    zones: [{ hosts: ["*"], origins: [origin.url] }],
  });
  secure.remove();
  const client = new RawHttp2(gateway.securePort);

  client.request(1, [[":path", "/a#b"]], flags.endStream);
  await client.ended(1);

  client.close();
  expect(await gateway.line()).toMatchObject({ status: 400, reason: "bad_target" });
  expect(origin.connections).toBe(0);
});
