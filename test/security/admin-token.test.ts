// The attack: somebody who has no token, or a part of one, asks the admin server, or tries to have it taken from where others can read
// it: a query, which lands in logs and histories. Or he measures how long a wrong one takes, byte by byte.
//
// Seen: CWE-306 and CWE-598; timing, Paul Kocher, 1996. Tokens are compared as digests, in constant time (`same-secret.ts`).

import { describe, expect, test } from "vitest";

import { authorization, routes, startWithSecrets, token } from "../helpers/secret-admin.ts";

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
