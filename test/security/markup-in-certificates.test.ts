// The attack: a certificate may have any text for a name, and whoever makes one by himself needs nobody to sign it. A page that says why a
// certificate was refused, or a log, shows those names.
//
// Seen: Moxie Marlinspike, "More Tricks for Defeating SSL", 2009 (a NUL in a name); CVE-2021-44532 (Node, names that imitate lists).

import { createServer as createTlsServer } from "node:tls";

import { describe, expect, test } from "vitest";

import { issue } from "../../fixtures/tls/issue.ts";
import { faultsInEveryForm, nothingWrong, printable, startBefore } from "../helpers/shown-bytes.ts";

describe("hostile bytes", () => {
  test.each([
    ["markup", printable],
    ["line ends", "a\r\nSet-Cookie: injected=1\r\n\r\nb"],
    ["terminal escapes", "\u001b[31mred\u0007"],
    ["C1 control characters", "\u009b31mred\u0085next"],
    ["text that runs backwards", "\u202egnp.exe"],
  ])("in a certificate's names stay text: %s", async (_name, text) => {
    const commonName = text.replaceAll(/[,+"\\<>;=#]/g, String.raw`\$&`);
    const { certPem, keyPem } = await issue(
      { commonName, names: [{ type: "dns", value: text.replaceAll(/[^\u0000-\u007f]/g, "") }] },
      "self",
    );
    await using started = await startBefore(
      createTlsServer({ cert: certPem, key: keyPem }),
      "https",
    );

    const seen = await faultsInEveryForm(started.gateway);

    expect(seen).toEqual(nothingWrong);
    expect(await started.gateway.line()).toMatchObject({ failure: "tls_certificate_error" });
  });

  test("a thousand names of a certificate are shown in part", async () => {
    const names = Array.from({ length: 1_000 }, (_, index) => ({
      type: "dns" as const,
      value: `${"x".repeat(40)}${index}.test`,
    }));
    const { certPem, keyPem } = await issue({ commonName: "a.test", names }, "self");
    await using started = await startBefore(
      createTlsServer({ cert: certPem, key: keyPem }),
      "https",
    );

    const response = await started.gateway.get("/", [["Accept", "text/html"]]);

    expect(response.status).toBe(526);
    expect(response.body.length).toBeLessThan(20_000);
  });
});
