// The attack: an origin believes what the edge says of a client (its address, its scheme, that the request came this way at
// all), so a client says it first, in a spelling that the edge lets through and the origin takes for the same: CGI and WSGI
// turn both `-` and `_` of a name into `_`. Or it says it where fields may stand a second time, behind the content.
//
// Seen: CVE-2015-0219 (Django, `X_Auth_User`); nginx drops names with an underscore for it (`underscores_in_headers`).
// What is dropped in its usual spelling, and what Connection may not remove: behaviour/request-fields.test.ts.

import { describe, expect, test } from "vitest";

import { startGatewayOn } from "../helpers/gateway.ts";
import { startHttp2Origin } from "../helpers/http2-origin.ts";
import { ok, startOrigin } from "../helpers/origin.ts";

/** What an origin of the CGI kind makes of a name. */
const cgiName = (line: string): string =>
  line.slice(0, line.indexOf(":")).toUpperCase().replaceAll("-", "_");

describe("a client that says what is the edge's to say", () => {
  test.each([
    "X_Forwarded_For",
    "X-Forwarded_For",
    "x_forwarded-proto",
    "CF_Connecting_IP",
    "CF-Connecting_IP",
    "CF_Visitor",
    "CF_Ray",
    "CF_IPCountry",
    "True_Client_IP",
    "X_Real_IP",
    "CDN_Loop",
    "Edgecase_Reveal",
  ])("as %s does not reach an origin that knows no difference", async (name) => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    await gateway.get("/", [
      [name, "spoofed"],
      ["X_Own_Field", "kept"],
    ]);

    expect(origin.heads[0]).not.toContain("spoofed");
    expect(origin.heads[0]).toMatch(/^X_Own_Field: kept$/im);
    const names = (origin.heads[0] ?? "").split("\r\n").slice(1).map(cgiName);
    expect(names.filter((one, index) => names.indexOf(one) !== index)).toEqual([]);
  });

  test.each(["Transfer_Encoding: chunked", "Content_Length: 0"])(
    "where a body ends (%s) is not heard either",
    async (line) => {
      await using origin = await startOrigin((socket) => socket.write(ok()));
      await using gateway = await startGatewayOn({
        zones: [{ hosts: ["*"], origins: [origin.url] }],
      });
      const [name = "", value = ""] = line.split(": ");

      await gateway.request({ method: "POST", bodyBytes: 5, headers: [[name, value]] });

      expect(origin.heads).toHaveLength(1);
      expect(origin.heads[0]).not.toMatch(/_(encoding|length)/i);
    },
  );

  test("behind its content does not reach an origin that takes trailers for fields", async () => {
    const heard: string[] = [];
    await using origin = await startHttp2Origin((stream) => {
      stream.on("trailers", (fields) => heard.push(...Object.keys(fields)));
      stream.on("end", () => {
        stream.respond({ ":status": 200 });
        stream.end();
      });
      stream.resume();
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url], h2c: true }],
    });
    const connection = gateway.connect();

    connection.send(
      "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n" +
        "CF-Connecting-IP: 1.2.3.4\r\nX_Forwarded_For: 1.2.3.4\r\nHost: b.test\r\nCDN-Loop: x\r\nX-Sum: 1\r\n\r\n",
    );
    const response = await connection.read();

    connection.close();
    expect(response.status).toBe(200);
    expect(heard).toEqual(["x-sum"]);
  });
});
