// The admin API tells a lot, and no secret: neither the gateway's nor what clients send.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Summary } from "../../src/admin/schemas.ts";
import { startAdmin, type TestAdmin } from "../helpers/admin.ts";
import { EventReader } from "../helpers/event-reader.ts";
import { makeSecureListener, type SecureListener } from "../helpers/secure-listener.ts";

const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
const fileOf = (name: string, content: string): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};
const token = "t0ken-of-the-admin-server";
const revealToken = "t0ken-that-reveals";
const authorization = { authorization: `Bearer ${token}` };
const nowhere = "http://127.0.0.1:9";

let secure: SecureListener;
let pair = { cert: "", key: "" };
beforeAll(async () => {
  secure = await makeSecureListener("admin.test");
  pair = secure.listen.certificates?.[0] ?? pair;
});
afterAll(() => {
  secure.remove();
  rmSync(folder, { recursive: true });
});

/** A gateway with every secret that a configuration can name. */
function startWithSecrets(): Promise<TestAdmin> {
  return startAdmin({
    admin: { tokenFile: fileOf("token", token) },
    errors: { reveal: { tokenFile: fileOf("reveal", revealToken) } },
    zones: [
      {
        hosts: ["*"],
        origins: [nowhere],
        clientCertificate: { cert: pair.cert, key: pair.key },
      },
    ],
  });
}

/** Every route that answers and ends. */
const routes = (ray: string) => [
  "/metrics",
  "/healthz",
  "/readyz",
  "/api/openapi.json",
  "/api/settings",
  "/api/zones",
  "/api/exchanges",
  `/api/exchanges/${ray}`,
  `/api/exchanges/${ray}/page`,
  "/api/explain/expired",
];

test("no answer holds a token, a key, a cookie, a credential or a query", async () => {
  await using admin = await startWithSecrets();
  await admin.gateway.request({
    target: "/path?query=qu3ry-secret",
    headers: [
      ["Cookie", "session=c00kie-secret"],
      ["Authorization", "Basic cr3dential-secret"],
      ["Edgecase-Reveal", revealToken],
      ["Referer", "http://a.test/?ref3rer-secret"],
    ],
  });
  const { exchanges } = (await admin.ask("/api/exchanges", { headers: authorization })).json() as {
    exchanges: Summary[];
  };
  const ray = exchanges[0]?.ray ?? "";

  const answers = await Promise.all(
    routes(ray).map((path) => admin.ask(path, { headers: authorization })),
  );

  const told = answers.map(({ headers, body }) => JSON.stringify(headers) + body).join("\n");
  const key = readFileSync(pair.key, "utf8").split("\n")[1] ?? "";
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(told).toContain("/path");
  for (const secret of [token, revealToken, key, "-secret", "PRIVATE KEY"])
    expect(told.includes(secret), secret).toBe(false);
});

describe("where a token is asked for", () => {
  test.each([
    ["none", {}],
    ["another", { authorization: "Bearer t0ken" }],
    ["a longer one", { authorization: `Bearer ${token}x` }],
    ["another scheme", { authorization: `Basic ${token}` }],
    ["one in the query", {}],
  ])("%s opens no route", async (what, headers) => {
    await using admin = await startWithSecrets();
    const query = what === "one in the query" ? `?token=${token}` : "";

    const paths = [...routes("0123456789abcdef"), "/api/stream", "/", "/nowhere"];
    const answers = await Promise.all(paths.map((path) => admin.ask(path + query, { headers })));

    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 401));
    expect(answers[0]?.headers["www-authenticate"]).toBe("Bearer");
    expect(answers.map(({ body }) => body).join("")).not.toContain(token);
  });

  test("monitoring may ask by any name, and the API by none but our own", async () => {
    await using admin = await startWithSecrets();
    const headers = { ...authorization, host: "edgecase:8081" };

    const answers = await Promise.all(
      ["/metrics", "/readyz", "/api/settings"].map((path) => admin.ask(path, { headers })),
    );

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 403]);
  });
});

test("markup, line ends and terminal escapes in a request reach nobody who looks at it", async () => {
  await using admin = await startAdmin({ zones: [{ hosts: ["a.test"], origins: [nowhere] }] });
  using reader = new EventReader(admin.port, "localhost", "/api/stream");
  await reader.next();
  const hostile = "<script>alert(1)</script>\u009b31m\u00ff";
  await admin.gateway.request({ host: "a.test", target: `/${hostile}\u0085event:` });
  await admin.gateway.request({ host: `${hostile}.test` });

  const answer = await admin.ask("/api/exchanges");
  const events = [await reader.next(), await reader.next()];

  expect(answer.headers).toMatchObject({
    "content-type": "application/json; charset=utf-8",
    "x-content-type-options": "nosniff",
  });
  expect(answer.body).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
  expect(events.map(({ event }) => event)).toEqual(["exchange", "exchange"]);
  expect(events.map(({ data }) => data).join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});
