import { describe, expect, test } from "vitest";

import type { ExchangeContext } from "../../src/exchange-context.ts";
import { redirectToHttp } from "../../src/render/to-http.ts";

/** The Location for a request; what HTTP/1.1 refuses in a target may come over HTTP/2. */
function locationFor(host: string, target: string, port: number): string | undefined {
  const sent: string[] = [];
  const res = {
    sendHead: (_status: number, _reason: string, fields: string[]) => sent.push(...fields),
    end: () => {},
  };
  const req = { headers: {}, complete: true };
  redirectToHttp(
    { req, res, host, target, ray: "", zone: null } as unknown as ExchangeContext,
    port,
  );
  return sent[sent.indexOf("location") + 1];
}

describe("the redirect to http", () => {
  test.each([
    ["a.test", "/a?b=%20", 8080, "http://a.test:8080/a?b=%20"],
    ["a.test", "/", 80, "http://a.test/"],
    ["[::1]", "/", 8080, "http://[::1]:8080/"],
    ["a.test", "//evil.test/", 80, "http://a.test//evil.test/"],
    ["a.test", "/caf\xe9 b\t", 80, "http://a.test/caf%E9%20b%09"],
    ["", "/", 8080, "http://localhost:8080/"],
  ])("of %s and %s at port %i", (host, target, port, location) => {
    expect(locationFor(host, target, port)).toBe(location);
  });
});
