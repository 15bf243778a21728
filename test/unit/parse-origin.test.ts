import { describe, expect, test } from "vitest";

import { parseOrigin } from "../../src/config/parse-origin.ts";
import type { SslMode } from "../../src/config/schema.ts";

describe("an origin", () => {
  test.each([
    ["http://app.test", { host: "app.test", port: 80, isTls: false }],
    ["https://app.test", { host: "app.test", port: 443, isTls: true }],
    ["http://app.test:3000/", { host: "app.test", port: 3000, isTls: false }],
    ["https://APP.test:8443", { host: "app.test", port: 8443, isTls: true }],
    ["http://127.0.0.1:3000", { host: "127.0.0.1", port: 3000, isTls: false }],
    ["https://[::1]:3000", { host: "::1", port: 3000, isTls: true }],
    ["app.test", { host: "app.test", port: 80, isTls: false }],
    ["app.test:3000", { host: "app.test", port: 3000, isTls: false }],
    ["localhost:3000", { host: "localhost", port: 3000, isTls: false }],
    ["127.0.0.1:3000", { host: "127.0.0.1", port: 3000, isTls: false }],
    ["[::1]:3000", { host: "::1", port: 3000, isTls: false }],
    ["::1", { host: "::1", port: 80, isTls: false }],
  ])("%s is where it says", (written, expected) => {
    expect(parseOrigin(written, "full")).toEqual({ ...expected, socketPath: null });
  });

  test.each([
    ["unix:/run/app.sock", "/run/app.sock"],
    ["unix:///run/app.sock", "/run/app.sock"],
    ["unix:/run/with space.sock", "/run/with space.sock"],
  ])("%s is a socket", (written, socketPath) => {
    expect(parseOrigin(written, "full")).toEqual({ host: "", port: 0, socketPath, isTls: false });
  });

  test.each([
    ["off", 80, false],
    ["flexible", 80, false],
    ["full", 80, false],
    ["strict", 80, false],
    ["origin_pull", 443, true],
  ] as [SslMode, number, boolean][])(
    "without a scheme takes scheme and port from ssl: %s",
    (ssl, port, isTls) => {
      expect(parseOrigin("app.test", ssl)).toMatchObject({ port, isTls });
    },
  );

  test.each(["off", "flexible", "full", "strict", "origin_pull"] as const)(
    "with a scheme keeps it under ssl: %s",
    (ssl) => {
      const schemes = [parseOrigin("http://app.test", ssl), parseOrigin("https://app.test", ssl)];

      expect(schemes).toMatchObject([{ isTls: false }, { isTls: true }]);
    },
  );

  test.each([
    ["ftp://app.test", "must have the scheme http or https"],
    ["http://app.test/path", "must have no path, query or fragment"],
    ["http://app.test/?a", "must have no path, query or fragment"],
    ["http://app.test#a", "must have no path, query or fragment"],
    ["http://user@app.test", "must have no user or password"],
    ["http://user:word@app.test", "must have no user or password"],
    ["http://app.test:0", "must have a port other than 0"],
    ["http://app.test:99999", "must be a URL, host[:port], or unix:/path"],
    ["http://", "must be a URL, host[:port], or unix:/path"],
    ["", "must be a URL, host[:port], or unix:/path"],
    ["a b", "must be a URL, host[:port], or unix:/path"],
    ["unix:relative.sock", "must have an absolute path after unix:"],
    ["unix:", "must have an absolute path after unix:"],
  ])("%s breaks a rule: it %s", (written, rule) => {
    expect(parseOrigin(written, "full")).toEqual({ rule });
  });
});
