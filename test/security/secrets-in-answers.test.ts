// The attack: whoever may look at the admin server, or over the shoulder of somebody who does, looks for what lets him do more: the
// token that it asks for itself, the one that reveals errors, a private key, a client's cookie, credentials or query.
//
// Seen: debug pages and heap dumps on the open internet (CWE-200, CWE-532). What a log line holds: docs/log.md.

import { expect, test } from "vitest";

import type { Summary } from "../../src/admin/schemas.ts";
import {
  authorization,
  revealToken,
  routes,
  startWithSecrets,
  token,
} from "../helpers/secret-admin.ts";

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
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(told).toContain("/path");
  for (const secret of [token, revealToken, admin.keyLine, "-secret", "PRIVATE KEY"])
    expect(told.includes(secret), secret).toBe(false);
});
