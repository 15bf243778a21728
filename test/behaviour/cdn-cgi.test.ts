import { describe, expect, test } from "vitest";

import { codes, type FailureType, profiles } from "../../edge-codes/index.ts";
import { brokenSteps, json, secretsOf, words } from "../helpers/failure-chain.ts";
import { startGateway, startGatewayOn, type TestGateway } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { field } from "../helpers/raw-client.ts";

/** A gateway whose only zone's origin is not there: nothing may ask for it. */
function startAlone(errors: object = {}): Promise<TestGateway> {
  return startGatewayOn({
    errors,
    colo: "LHR",
    zones: [
      { hosts: ["a.test"], origins: ["http://127.0.0.1:9"] },
      { hosts: ["fr.test"], origins: ["http://127.0.0.1:9"], fields: { ipCountry: "FR" } },
    ],
  });
}

/** The value of a key of the trace. */
function valueOf(key: string, { body }: { body: Buffer }): string | undefined {
  return new RegExp(`^${key}=(.*)$`, "m").exec(body.toString())?.[1];
}

const every = Object.values(codes).map(({ code, status }) => [code, status] as const);

describe("/cdn-cgi/trace", () => {
  test("tells of the request in the CDN's keys and their order", async () => {
    await using gateway = await startAlone();

    const response = await gateway.get("/cdn-cgi/trace", [["User-Agent", "a b/1"]]);

    expect(response.status).toBe(200);
    expect(field(response, "content-type")).toMatch(/^text\/plain/);
    expect(field(response, "cache-control")).toBe("no-store");
    expect(field(response, "cf-ray")).toMatch(/^[0-9a-f]{16}-LHR$/);
    expect(response.body.toString()).toMatch(
      /^fl=\d+f\d+\nh=a\.test\nip=127\.0\.0\.1\nts=\d{10}\.\d{3}\nvisit_scheme=http\nuag=a b\/1\ncolo=LHR\nsliver=none\nhttp=http\/1\.1\nloc=XX\ntls=off\nsni=off\nwarp=off\ngateway=off\nrbi=off\nkex=none\n$/,
    );
  });

  test("has the same instance each time, and the country of the zone", async () => {
    await using gateway = await startAlone();

    const one = await gateway.get("/cdn-cgi/trace");
    const two = await gateway.get("/cdn-cgi/trace?x", [["Host", "fr.test"]]);

    expect(valueOf("fl", one)).toBe(valueOf("fl", two));
    expect(valueOf("loc", two)).toBe("FR");
  });

  test("answers for hosts that no zone has, and for bare addresses", async () => {
    await using gateway = await startAlone();

    const nobody = await gateway.get("/cdn-cgi/trace", [["Host", "nobody.test"]]);
    const address = await gateway.get("/cdn-cgi/trace", [["Host", "127.0.0.1"]]);

    expect([nobody.status, address.status]).toEqual([200, 200]);
    expect(nobody.body.toString()).toContain("\nh=nobody.test\n");
  });

  test("is understood in an absolute target, and by HTTP/1.0", async () => {
    await using gateway = await startAlone();
    const connection = gateway.connect();

    const absolute = await gateway.get("http://fr.test/cdn-cgi/trace");
    const old = await connection.request({ version: "1.0", target: "/cdn-cgi/trace" });
    connection.close();

    expect(absolute.body.toString()).toContain("\nh=fr.test\n");
    expect(old.body.toString()).toContain("\nhttp=http/1.0\n");
  });

  test("has the same head for HEAD, and no content", async () => {
    await using gateway = await startAlone();

    const response = await gateway.request({ method: "HEAD", target: "/cdn-cgi/trace" });

    expect({ status: response.status, bytes: response.body.length }).toEqual({
      status: 200,
      bytes: 0,
    });
    expect(await gateway.line()).toMatchObject({ method: "HEAD", responseBytes: 0 });
  });

  test.each([
    ["bytes of C1, among them NEL", "a\u0085ip=6.6.6.6\u009b31m"],
    ["tabs", "a\tb"],
    ["a megabyte's worth", "a".repeat(100_000)],
  ])("has one line for a User-Agent of %s", async (_what, agent) => {
    await using gateway = await startAlone();
    const connection = gateway.connect();
    connection.socket.setDefaultEncoding("latin1");

    const response = await connection.request({
      target: "/cdn-cgi/trace",
      headers: [
        ["Host", "a.test"],
        ["User-Agent", agent],
      ],
    });
    connection.close();

    const text = response.body.toString();
    expect(text.split("\n")).toHaveLength(17);
    expect(text).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f]/);
    expect(text.length).toBeLessThan(2_000);
  });
});

describe("/cdn-cgi/error/<code>", () => {
  test.each(every)("%i has its status, %i, its number and its marks", async (code, status) => {
    await using gateway = await startAlone();

    const verbose = await gateway.get(`/cdn-cgi/error/${code}`, [["Accept", "application/json"]]);
    const page = await gateway.get(`/cdn-cgi/error/${code}?pages=sanitized`, [
      ["Accept", "text/html"],
    ]);

    expect([verbose.status, page.status]).toEqual([status, status]);
    expect(json(verbose)).toMatchObject({
      error_code: code,
      failure: { notice: expect.stringMatching(/^Preview/) as string },
    });
    expect(field(verbose, "cf-error-type")).toBe(String(code));
    expect(page.body.toString()).toContain(codes[code].title);
    expect(page.body.toString()).not.toMatch(/preview|origin\.example/i);
    expect(field(page, "proxy-status")).toBeUndefined();
  });

  test("shows the first failure that the zone's profile makes it", async () => {
    await using gateway = await startAlone();

    const answers = await Promise.all(
      every.map(async ([code]) => {
        const response = await gateway.get(`/cdn-cgi/error/${code}`, [
          ["Accept", "application/json"],
        ]);
        return [code, (json(response)["failure"] as { type: FailureType }).type] as const;
      }),
    );

    const { codes: byType } = profiles.cloudflare;
    const others = answers.filter(
      ([code, type]) => Object.values<number>(byType).includes(code) && byType[type] !== code,
    );
    expect(others).toEqual([]);
  });

  test.each([
    ["dns", "dns_error/nxdomain", "DNS"],
    ["tcp", "connection_refused", "TCP"],
    ["tls", "tls_certificate_error/expired", "TLS"],
    ["http", "http_response_timeout", "HTTP"],
  ])("shows a failure of %s that is asked for, as it would look", async (_phase, name, step) => {
    await using gateway = await startAlone();

    const response = await gateway.get(`/cdn-cgi/error/520?failure=${name}`, [
      ["Accept", "text/html"],
    ]);

    const [type = "", reason = null] = name.split("/");
    const page = response.body.toString();
    expect(response.status).toBe(520);
    expect(brokenSteps(page)).toEqual([step]);
    expect(page).toContain(words(type as FailureType, reason).title.replaceAll("'", "&#39;"));
    expect(page).toContain("Preview: nothing has failed");
    expect(page).not.toMatch(/\{(?:host|port|name|url)\}/);
  });

  test.each(["text/html", "application/problem+json", "text/markdown", "text/plain"])(
    "is told as %s",
    async (type) => {
      await using gateway = await startAlone();

      const response = await gateway.get("/cdn-cgi/error/522", [["Accept", type]]);

      expect(response.status).toBe(522);
      expect(field(response, "content-type")).toContain(type);
      expect(response.body.toString()).toContain("Preview: nothing has failed");
    },
  );

  test("shows nothing of the zone's own origin, and asks it nothing", async () => {
    await using gateway = await startGateway({ fixtures: ["refused"] });
    const secrets = secretsOf(gateway, "refused").filter((secret) => secret !== "127.0.0.1");

    const pages = await Promise.all(
      every.map(([code]) => gateway.get(`/cdn-cgi/error/${code}?pages=verbose`)),
    );

    const told = pages.map(({ bytes }) => bytes.toString()).join("\n");
    expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
    expect(gateway.lines.filter((line) => line["origin"] !== "" || line["dnsMs"] !== null)).toEqual(
      [],
    );
  });

  test("is in the zone's mode unless the query says otherwise", async () => {
    await using gateway = await startAlone({ pages: "sanitized" });

    const plain = await gateway.get("/cdn-cgi/error/521");
    const verbose = await gateway.get("/cdn-cgi/error/521?pages=verbose");

    expect(field(plain, "proxy-status")).toBeUndefined();
    expect(field(verbose, "proxy-status")).toBe(
      'edgecase; error=connection_refused; next-hop="https://origin.example"',
    );
  });

  test("has the codes of a profile of one's own", async () => {
    await using gateway = await startGatewayOn({
      errors: { profile: "mine" },
      profiles: {
        mine: {
          extends: "cloudflare",
          codes: { connection_refused: { status: 503, error: 1033 } },
        },
      },
      zones: [{ hosts: ["a.test"], origins: ["http://127.0.0.1:9"] }],
    });

    const response = await gateway.get("/cdn-cgi/error/1033");

    expect(response.status).toBe(503);
    expect(field(response, "proxy-status")).toMatch(/error=connection_refused/);
  });

  test("is a request like any other in log and metrics, and no error", async () => {
    await using gateway = await startAlone();

    await gateway.get("/cdn-cgi/error/521");

    expect(await gateway.line()).toMatchObject({
      path: "/cdn-cgi/error/521",
      zone: "a.test",
      status: 521,
      failure: null,
      code: null,
      originStatus: 0,
      origin: "",
    });
    expect(await gateway.metric("edgecase_requests_total", { status: "521" })).toBe(1);
    expect(await gateway.metric("edgecase_errors_total")).toBe(0);
    expect(await gateway.metric("edgecase_failures_total")).toBe(0);
  });
});

describe("/cdn-cgi/error", () => {
  test.each([
    ["text/html", /href="\/cdn-cgi\/error\/521\?pages=sanitized"/],
    ["application/json", /"page": "\/cdn-cgi\/error\/521"/],
    ["text/markdown", /^- \[521: .*\]\(\/cdn-cgi\/error\/521\)$/m],
    ["text/plain", /^\/cdn-cgi\/error\/521 {2}/m],
  ])("lists every code as %s", async (type, link) => {
    await using gateway = await startAlone();

    const response = await gateway.get("/cdn-cgi/error", [["Accept", type]]);

    expect(response.status).toBe(200);
    expect(field(response, "content-type")).toContain(type);
    expect(response.body.toString()).toMatch(link);
  });
});

describe("below /cdn-cgi/", () => {
  test.each([
    "/cdn-cgi/",
    "/cdn-cgi/nothing",
    "/cdn-cgi/trace/",
    "/cdn-cgi/../secret",
    "/cdn-cgi/image/width=1/a.png",
    "/cdn-cgi/error/999",
    "/cdn-cgi/error/0521",
    "/cdn-cgi/error/__proto__",
    "/cdn-cgi/error/521/x",
    "/cdn-cgi/error/521?failure=no_such_type",
    "/cdn-cgi/error/521?failure=toString",
    "/cdn-cgi/error/521?failure=dns_error/expired",
    "/cdn-cgi/error/521?failure=dns_error/constructor",
    "/cdn-cgi/error/521?pages=loud",
  ])("%s is a 404 of the edge's", async (target) => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const response = await gateway.get(target);

    expect(response.status).toBe(404);
    expect(field(response, "cf-error-type")).toBe("404");
    expect(origin.connections).toBe(0);
    expect(await gateway.line()).toMatchObject({ status: 404, code: 404, reason: "not_found" });
    expect(await gateway.metric("edgecase_errors_total", { code: "404" })).toBe(1);
  });

  test.each(["POST", "DELETE", "OPTIONS"])("%s is not allowed", async (method) => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const response = await gateway.request({ method, target: "/cdn-cgi/trace" });

    expect(response.status).toBe(405);
    expect(field(response, "allow")).toBe("GET, HEAD");
    expect(origin.connections).toBe(0);
  });

  test.each([
    "/cdn-cgi",
    "/CDN-CGI/trace",
    "//cdn-cgi/trace",
    "/%63dn-cgi/trace",
    "/a/../cdn-cgi/trace",
    "/cdn-cgix/trace",
    "/a/cdn-cgi/trace",
  ])("is not where %s is, which goes to the origin as it stands", async (target) => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const response = await gateway.get(target);

    expect(response.status).toBe(200);
    expect(origin.heads[0]?.split("\r\n", 1)[0]).toBe(`GET ${target} HTTP/1.1`);
  });
});

test("hostile queries of a preview come back escaped, and in one line of the log", async () => {
  await using gateway = await startAlone();
  const hostile = "%3Cscript%3Ealert(1)%3C/script%3E%0d%0aSet-Cookie:%20a=b";

  const response = await gateway.get(`/cdn-cgi/error/521?failure=${hostile}`, [
    ["Accept", "text/html"],
  ]);

  expect(response.status).toBe(404);
  expect(response.body.toString()).not.toContain("<script>");
  expect(field(response, "set-cookie")).toBeUndefined();
  expect(gateway.lines).toHaveLength(1);
});
