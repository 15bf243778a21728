// The attack: an owner's error page has tokens that the gateway fills with what came from outside: the ray ID, the client's address, the
// reason for the error. A value that is markup, ends the string it stands in, or has the form of a token itself changes the page.
//
// Seen: injection into templates (CWE-1336), XSS through values in scripts.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { assert, constant, oneof, property, string } from "fast-check";
import { afterAll, describe, expect, test } from "vitest";

import { edgeFailure } from "../../src/classify/edge-failure.ts";
import type { ErrorRule } from "../../src/config/gateway-config.ts";
import { parseTemplate } from "../../src/config/template.ts";
import { ExchangeContext } from "../../src/exchange-context.ts";
import { Http1Response } from "../../src/listen/http1-response.ts";
import { edgeCodeFor } from "../../src/map/edge-code-for.ts";
import { compileProfiles } from "../../src/map/profile.ts";
import { answerFor } from "../../src/render/answer.ts";
import { customPage, ruleBody } from "../../src/render/custom-page.ts";
import type { Zone } from "../../src/zone.ts";
import { zonesOf } from "../helpers/zone.ts";
import { startGatewayOn } from "../helpers/gateway.ts";
import { startOrigin } from "../helpers/origin.ts";

const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
const page = join(folder, "5xx.html");
writeFileSync(
  page,
  "<head></head>[::CLOUDFLARE_ERROR_500S_BOX::]<p title='::RAY_ID::' id=\"::CLIENT_IP::\">::GEO::",
);
afterAll(() => rmSync(folder, { recursive: true }));

const hostile = "<script>alert(1)</script>\"'`--><!--&lt;\\::CLIENT_IP::\u0000\u001b[31m";
const encoded = ["Accept-Encoding", "gzip"] as const;

/** A zone with that page. */
const [zone] = zonesOf({
  hosts: ["*"],
  origins: ["http://127.0.0.1:9"],
  errorPages: { "5xx": page },
}) as [Zone];

/** A context in which every value that a token may have is this one, were it ever to come so far. */
function contextOf(value: string): ExchangeContext {
  const headers = { "accept-encoding": "gzip" };
  const req = { method: "GET", httpVersion: "1.1", headers, complete: true };
  const context = new ExchangeContext(
    req as unknown as IncomingMessage,
    new Http1Response(req as unknown as IncomingMessage),
    value,
  );
  context.clientAddress = value;
  context.host = value;
  context.origin = value;
  context.zone = zone;
  return context;
}

/** The page of a failure whose every text is this one. */
function pageWith(value: string, isVerbose: boolean): string {
  const failure = edgeFailure("proxy_loop_detected", value);
  const profile = compileProfiles({}).get("generic") ?? expect.fail("no profile");
  const code = edgeCodeFor(failure, profile);
  const context = contextOf(value);
  const answer = answerFor(context, failure, { told: code, detailed: code }, isVerbose);
  return customPage(context, answer)?.toString() ?? expect.fail("no page");
}

/** A body of all tokens in one type, with quotation marks around it. */
function bodyWith(contentType: ErrorRule["contentType"], value: string): string {
  const body = parseTemplate('"::RAY_ID::::CLIENT_IP::::GEO::"', "rule");
  const rule = { statuses: new Set<number>(), body, contentType, responseStatus: null };
  return ruleBody(contextOf(value), rule).toString();
}

/** Every tag, without the attribute that holds the ray id. */
function elementsOf(text: string): string[] {
  return (text.match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(/title='[^']*'/, ""));
}

describe("an owner's page", () => {
  test.each([true, false])("has no markup but its own and ours, verbose: %s", (isVerbose) => {
    const ours = pageWith("harmless", isVerbose);

    const text = pageWith(hostile, isVerbose);

    expect(text).not.toContain("<script");
    expect(text).not.toContain("<!--");
    expect(elementsOf(text)).toEqual(elementsOf(ours));
  });

  test("has each value once: a value in the form of a token is text", () => {
    const text = pageWith("::CLIENT_IP::", true);

    expect(text).toContain("::CLIENT_IP::");
  });

  test("has the client's address only if it is one, since owners put it into scripts", () => {
    expect(pageWith("\\", false)).toContain('id=""');
    expect(pageWith("fe80::1%eth0", false)).toContain('id="fe80::1%eth0"');
  });

  test("shows what an origin says without letting it become markup", async () => {
    await using origin = await startOrigin((socket) =>
      socket.end(Buffer.from(`${hostile}\r\n${hostile}\r\n\r\n`, "latin1")),
    );
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url], errorPages: { "5xx": page } }],
    });

    const response = await gateway.get(`/${encodeURIComponent(hostile)}`, [
      encoded,
      ["Host", "a'&b.test"],
      ["User-Agent", "<script>alert(2)</script>"],
      ["CF-Ray", "<script>alert(3)</script>"],
      ["X-Forwarded-For", "<script>alert(4)</script>"],
    ]);

    const text = response.body.toString();
    expect(response.status).toBe(520);
    expect(text).toContain("&lt;script&gt;alert(1)");
    expect(text).not.toMatch(/<script|<!--|alert\([234]\)|\u001b|\u0000/);
  });
});

describe("a value in the body of a rule", () => {
  const anyText = oneof(string(), string({ unit: "binary" }), constant(hostile));

  test("leaves JSON readable, and reads as it was", () => {
    assert(
      property(anyText, (value) => {
        expect(JSON.parse(bodyWith("application/json", value))).toBe(`${value.slice(0, 16)}XX`);
      }),
    );
  });

  test.each(["text/html", "text/xml"] as const)("is no markup in %s", (contentType) => {
    assert(
      property(anyText, (value) => {
        const inner = bodyWith(contentType, value).slice(1, -1);
        expect(inner).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
      }),
    );
  });

  test("is one line without commands to a terminal in text/plain", () => {
    assert(
      property(anyText, (value) => {
        expect(bodyWith("text/plain", value)).not.toMatch(
          /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/,
        );
      }),
    );
  });
});
