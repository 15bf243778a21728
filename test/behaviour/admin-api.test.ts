import { describe, expect, test } from "vitest";

import type { ExchangeView, SettingsView, Summary } from "../../src/admin/schemas.ts";
import { startAdmin, type TestAdmin } from "../helpers/admin.ts";
import { ok, startOrigin } from "../helpers/origin.ts";

const nowhere = "http://127.0.0.1:9";

/** Two zones whose origins refuse. */
const twoZones = [
  { hosts: ["a.test"], origins: [nowhere] },
  { hosts: ["b.test"], origins: [nowhere] },
];

const listOf = async (admin: TestAdmin, query = "") =>
  (await admin.ask(`/api/exchanges${query}`)).json() as {
    exchanges: Summary[];
    oldest: number | null;
    dropped: number;
  };

describe("GET /api/exchanges", () => {
  test("has the words and values of the access lines, newest first", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using admin = await startAdmin({
      zones: [
        { hosts: ["a.test"], origins: [origin.url] },
        { hosts: ["b.test"], origins: [nowhere] },
      ],
    });
    await admin.gateway.request({ host: "a.test", target: "/first?token=1" });
    await admin.gateway.request({ host: "b.test", target: "/second" });
    const [first, second] = admin.gateway.lines;

    const { exchanges, oldest, dropped } = await listOf(admin);

    expect(exchanges.map(({ seq, scheme: _scheme, ...exchange }) => [seq, exchange])).toEqual([
      [2, wordsOf(second)],
      [1, wordsOf(first)],
    ]);
    expect([oldest, dropped]).toEqual([1, 0]);
  });
});

/** An access line less what the summary leaves out. */
function wordsOf(line: object | undefined): object {
  const { level: _level, msg: _msg, detail: _detail, ...words } = line as Record<string, unknown>;
  return words;
}

describe("GET /api/exchanges/{ray}", () => {
  test("has the evidence of the verbose page, whatever page the client got", async () => {
    await using admin = await startAdmin({ errors: { pages: "sanitized" }, zones: twoZones });
    await admin.gateway.get("/");
    const { ray, detail } = await admin.gateway.line();

    const answer = await admin.ask(`/api/exchanges/${String(ray)}`);

    expect(answer.json() as ExchangeView).toMatchObject({
      failure: "connection_refused",
      detail,
      title: "The origin refused the connection",
      evidence: { "Error code": "ECONNREFUSED", Origin: nowhere },
      told: { code: 521, pages: "sanitized" },
    });
  });
});

describe("PATCH /api/settings", () => {
  test("changes the gateway and every zone, and the next answer follows", async () => {
    await using admin = await startAdmin({ zones: twoZones });

    const answer = await admin.change({ codes: "generic" });

    expect((answer.json() as SettingsView).zones.map(({ codes }) => codes)).toEqual([
      "generic",
      "generic",
    ]);
    expect((await admin.gateway.get("/")).status).toBe(502);
  });
});
