import { describe, expect, test } from "vitest";

import { parseHosts } from "../../src/connect/hosts-file.ts";

describe("a hosts file", () => {
  test.each([
    ["a name", "127.0.0.1 app.test\n", "app.test", ["127.0.0.1"]],
    ["several names of an address", "127.0.0.1 one.test app.test\n", "app.test", ["127.0.0.1"]],
    [
      "several addresses of a name, in order",
      "127.0.0.2 app.test\n::1 app.test\n",
      "app.test",
      ["127.0.0.2", "::1"],
    ],
    ["tabs and spaces", "  127.0.0.1\t \tapp.test \t\n", "app.test", ["127.0.0.1"]],
    ["a comment behind it", "127.0.0.1 app.test # the app\n", "app.test", ["127.0.0.1"]],
    ["names in capitals", "127.0.0.1 APP.Test\n", "app.test", ["127.0.0.1"]],
    [
      "Windows' line ends",
      "127.0.0.1 app.test\r\n::1 app.test\r\n",
      "app.test",
      ["127.0.0.1", "::1"],
    ],
    ["no line end at the end", "127.0.0.1 app.test", "app.test", ["127.0.0.1"]],
    ["a name that objects have", "127.0.0.1 constructor __proto__\n", "__proto__", ["127.0.0.1"]],
  ])("with %s", (_name, text, host, addresses) => {
    expect(parseHosts(text).get(host)).toEqual(addresses);
  });

  test.each([
    ["a comment", "# 127.0.0.1 app.test\n"],
    ["a name in a comment", "127.0.0.1 other.test # app.test\n"],
    ["no address", "app.test app.test\n"],
    ["half an address", "127.0.0 app.test\n"],
    ["an address alone", "127.0.0.1\n"],
    ["nothing", "\n\n \n"],
  ])("with %s does not mention app.test", (_name, text) => {
    expect(parseHosts(text).has("app.test")).toBe(false);
  });
});
