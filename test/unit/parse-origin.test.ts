import { describe, expect, test } from "vitest";

import { parseOrigin } from "../../src/config/parse-origin.ts";

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
    expect(parseOrigin(written, "http")).toEqual({ ...expected, socketPath: null });
  });

  test.each([
    ["unix:/run/app.sock", "/run/app.sock"],
    ["unix:///run/app.sock", "/run/app.sock"],
    ["unix:/run/with space.sock", "/run/with space.sock"],
  ])("%s is a socket", (written, socketPath) => {
    expect(parseOrigin(written, "http")).toEqual({ host: "", port: 0, socketPath, isTls: false });
  });

  test.each([
    ["app.test", "http", 80],
    ["app.test", "https", 443],
    ["app.test:80", "https", 80],
    ["app.test:443", "http", 443],
    ["app.test:3000", "https", 3000],
  ] as const)("%s without a scheme, spoken to in %s, has the port %i", (written, assumed, port) => {
    expect(parseOrigin(written, assumed)).toMatchObject({ port, isTls: assumed === "https" });
  });

  test.each(["http", "https"] as const)("with a scheme keeps it where %s is assumed", (assumed) => {
    const schemes = [
      parseOrigin("http://app.test", assumed),
      parseOrigin("https://app.test", assumed),
    ];

    expect(schemes).toMatchObject([{ isTls: false }, { isTls: true }]);
  });

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
    expect(parseOrigin(written, "http")).toEqual({ rule });
  });
});
