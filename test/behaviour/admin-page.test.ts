// The page of a failed exchange, as the admin API shows it: what the client got, and nothing that runs.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http2 from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import type { Summary } from "../../src/admin/schemas.ts";
import type { ZoneFile } from "../../src/config/schema.ts";
import { startAdmin, type TestAdmin } from "../helpers/admin.ts";
import { request } from "../helpers/http2-client.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { makeSecureListener } from "../helpers/secure-listener.ts";

const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const nowhere = "http://127.0.0.1:9";

/** The ray id of the exchange that ended last. */
async function lastRay(admin: TestAdmin): Promise<string> {
  const { exchanges } = (await admin.ask("/api/exchanges?limit=1")).json() as {
    exchanges: Summary[];
  };
  return exchanges[0]?.ray ?? "";
}

describe("GET /api/exchanges/{ray}/page", () => {
  const html = join(folder, "5xx.html");
  writeFileSync(html, "<head></head><i>::RAY_ID::</i>::CLOUDFLARE_ERROR_500S_BOX::");
  const encoded = ["Accept-Encoding", "gzip"] as const;
  type Fields = readonly (readonly [name: string, value: string])[];

  test.each<[what: string, zone: Partial<ZoneFile>, headers: Fields, type: string]>([
    ["our page", {}, [["Accept", "text/html"]], "text/html"],
    ["a sanitized page", { errors: { pages: "sanitized" } }, [], "text/html"],
    ["problem details", {}, [["Accept", "application/problem+json"]], "application/problem+json"],
    ["plain text", {}, [["Accept", "text/plain"]], "text/plain"],
    ["the owner's page", { errorPages: { "5xx": html } }, [encoded], "text/html"],
    [
      "a rule's content",
      { errorRules: [{ status: [521], body: "<r/>", contentType: "text/xml" }] },
      [],
      "text/xml",
    ],
  ])("is what the client got: %s", async (_what, zone, headers, type) => {
    await using admin = await startAdmin({
      zones: [{ hosts: ["*"], origins: [nowhere], ...zone }],
    });
    const { body } = await admin.gateway.get("/", headers);
    await admin.change({ codes: "generic", pages: "sanitized" }); // That came later.

    const answer = await admin.ask(`/api/exchanges/${await lastRay(admin)}/page`);

    expect(answer.headers["content-type"]).toBe(`${type}; charset=utf-8`);
    expect(answer.headers["content-security-policy"]).toMatch(/^sandbox; default-src 'none'/);
    expect(answer.body).toBe(body.toString());
  });

  test("is the trailers of a gRPC call, which had no page", async () => {
    const secure = await makeSecureListener("a.test");
    await using admin = await startAdmin({
      listen: secure.listen,
      zones: [{ hosts: ["a.test"], origins: [nowhere] }],
    });
    const session = http2.connect(`https://a.test:${admin.gateway.securePort}`, {
      ca: secure.rootPem,
      lookup: (_host, _options, done) =>
        done(null, [{ address: "127.0.0.1", family: 4 }] as never, 4),
    });
    const { trailers } = await request(session, { "content-type": "application/grpc+proto" });
    session.destroy();
    secure.remove();

    const answer = await admin.ask(`/api/exchanges/${await lastRay(admin)}/page`);

    expect(answer.headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(answer.body).toBe(
      `grpc-status: 14\ngrpc-message: ${String(trailers["grpc-message"])}\n`,
    );
  });

  test.each([
    ["went well", ok()],
    ["was cut off late", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"],
  ])("is not there where the response %s", async (_what, response) => {
    await using origin = await startOrigin((socket) => {
      if (response === ok()) socket.write(response);
      else socket.end(response);
    });
    await using admin = await startAdmin({ zones: [{ hosts: ["*"], origins: [origin.url] }] });
    await admin.gateway.get("/");
    await admin.gateway.line();

    const answer = await admin.ask(`/api/exchanges/${await lastRay(admin)}/page`);

    expect(answer.status).toBe(404);
    expect(answer.json()).toMatchObject({ detail: expect.stringMatching(/^there is no page/) });
  });
});
