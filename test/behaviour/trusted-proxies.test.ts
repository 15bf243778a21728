import { describe, expect, test } from "vitest";

import type { ConfigFile } from "../../src/config/schema.ts";
import { type LogLine, startGatewayOn } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import type { RawRequest } from "../helpers/raw-client.ts";

/** What the gateway makes of a client that sends these fields from 127.0.0.1. */
async function seen(
  headers: NonNullable<RawRequest["headers"]>,
  config: ConfigFile,
): Promise<{ line: LogLine; sent: Record<string, string>; status: number; body: string }> {
  await using origin = await startOrigin((socket) => socket.write(ok()));
  await using gateway = await startGatewayOn({
    zones: [{ hosts: ["a.test"], origins: [origin.url] }],
    ...config,
  });
  const response = await gateway.get("/", [...headers, ["Accept", "text/plain"]]);
  const lines = (origin.heads[0] ?? "").split("\r\n").slice(1);
  const sent = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)]), // prettier-ignore
  );
  return { line: await gateway.line(), sent, status: response.status, body: response.body.toString() }; // prettier-ignore
}

const loopback = { trustedProxies: ["127.0.0.0/8", "10.0.0.0/8", "fd00::/8"] };

describe("a trusted proxy", () => {
  test("is believed about the client's address and scheme", async () => {
    const { line, sent } = await seen(
      [["X-Forwarded-For", "203.0.113.9"], ["X-Forwarded-Proto", "https"]],
      loopback,
    ); // prettier-ignore

    expect(line["client"]).toBe("203.0.113.9");
    expect(sent).toMatchObject({
      "cf-connecting-ip": "203.0.113.9",
      "x-forwarded-for": "203.0.113.9, 127.0.0.1",
      "x-forwarded-proto": "https",
      "cf-visitor": '{"scheme":"https"}',
    });
  });

  test.each([
    [
      "the last address that is no proxy's",
      "198.51.100.1, 203.0.113.9, 10.1.1.1, 10.2.2.2",
      "203.0.113.9",
    ],
    ["never what stands left of it", "1.1.1.1, 203.0.113.9", "203.0.113.9"],
    ["the leftmost where all are proxies", "10.0.0.1, 10.0.0.2", "10.0.0.1"],
    ["an IPv6 address", "2001:db8::1", "2001:db8::1"],
    ["an IPv6 address beyond an IPv6 proxy", "2001:db8::1, fd00::1", "2001:db8::1"],
    ["without a port", "203.0.113.9:51234", "203.0.113.9"],
    ["without brackets", "[2001:db8::1]:443", "2001:db8::1"],
    ["without the IPv6 around an IPv4 address", "::ffff:203.0.113.9", "203.0.113.9"],
    ["with any white space", " 203.0.113.9\t,10.0.0.1 ", "203.0.113.9"],
  ])("names the client: %s", async (_title, chain, client) => {
    const { line } = await seen([["X-Forwarded-For", chain]], loopback);

    expect(line["client"]).toBe(client);
  });

  test("in several fields, too", async () => {
    const { line } = await seen(
      [["X-Forwarded-For", "203.0.113.9"], ["x-forwarded-for", "10.0.0.1"]],
      loopback,
    ); // prettier-ignore

    expect(line["client"]).toBe("203.0.113.9");
  });

  test.each([
    ["unknown", "127.0.0.1"],
    ["", "127.0.0.1"],
    [",", "127.0.0.1"],
    ["203.0.113.9, unknown", "127.0.0.1"],
    ["203.0.113.9, nonsense, 10.0.0.1", "10.0.0.1"],
    ["203.0.113.999", "127.0.0.1"],
    ["fe80::1%eth0", "127.0.0.1"],
    ['203.0.113.9"}', "127.0.0.1"],
    [`203.0.113.9${", 10.0.0.1".repeat(40)}`, "10.0.0.1"],
    [",".repeat(60_000), "127.0.0.1"],
  ])("that says something else is not (%#)", async (chain, client) => {
    const { line } = await seen([["X-Forwarded-For", chain]], loopback);

    expect(line).toMatchObject({ status: 200, client });
  });

  test.each([
    ["HTTPS", "https"],
    ["http", "http"],
    ["https, http", "http"],
    ["wss", "http"],
    ["", "http"],
  ])("that says X-Forwarded-Proto: %s means %s", async (said, scheme) => {
    const { sent } = await seen([["X-Forwarded-Proto", said]], loopback);

    expect(sent["x-forwarded-proto"]).toBe(scheme);
  });
});

describe("security: whoever is no trusted proxy", () => {
  test.each([
    ["nobody is trusted", {}],
    ["others are trusted", { trustedProxies: ["10.0.0.0/8", "::1/128"] }],
  ])("is not believed where %s", async (_title, config) => {
    const { line, sent } = await seen(
      [["X-Forwarded-For", "203.0.113.9"], ["X-Forwarded-Proto", "https"]],
      config,
    ); // prettier-ignore

    expect(line["client"]).toBe("127.0.0.1");
    expect(sent).toMatchObject({
      "cf-connecting-ip": "127.0.0.1",
      "x-forwarded-for": "203.0.113.9, 127.0.0.1",
      "x-forwarded-proto": "http",
      "cf-visitor": '{"scheme":"http"}',
    });
  });

  const insiders = {
    zones: [{ hosts: ["a.test"], origins: ["http://127.0.0.1:9"] }],
    errors: { pages: "sanitized", codes: "generic", reveal: { cidrs: ["192.0.2.0/24"] } },
  } as const;

  test("cannot pass for an insider, which a client behind a proxy can", async () => {
    const claim = [["X-Forwarded-For", "192.0.2.7"]] as const;

    const [outside, behind] = [
      await seen(claim, insiders as unknown as ConfigFile),
      await seen(claim, { ...(insiders as unknown as ConfigFile), ...loopback }),
    ];

    expect([outside.status, outside.body.includes("refused")]).toEqual([502, false]);
    expect([behind.status, behind.body.includes("refused")]).toEqual([521, true]);
  });

  test("cannot pass for an insider through a proxy, by what stands left of its own address", async () => {
    const { status } = await seen(
      [["X-Forwarded-For", "192.0.2.7, 203.0.113.9"]],
      { ...(insiders as unknown as ConfigFile), ...loopback },
    ); // prettier-ignore

    expect(status).toBe(502);
  });
});
