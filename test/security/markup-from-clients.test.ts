// The attack: a client has markup in its host or its path, which an error page shows to whoever follows a link of the attacker's
// (reflected XSS), or which a log shows to whoever reads it.
//
// Seen: CWE-79; "404 not found" pages that said what was not found.

import { createServer } from "node:net";

import { describe, expect, test } from "vitest";

import { startGatewayOn } from "../helpers/gateway.ts";
import {
  atOnce,
  faultsInEveryForm,
  nothingWrong,
  printable,
  startBefore,
} from "../helpers/shown-bytes.ts";

describe("hostile bytes of a client", () => {
  test.each([
    ["entities and quotes", "&lt;'&amp;;'"],
    ["bytes above 127", "\u009b31m\u00ff\u0085".replace("[", "")],
  ])("in Host stay text: %s", async (_name, host) => {
    await using started = await startBefore(createServer(atOnce("")), "http");
    started.gateway.gateway.settings.change({ pages: "verbose" });

    const seen = await faultsInEveryForm(started.gateway, [["Host", host]]);

    expect(seen).toEqual(nothingWrong);
  });

  test.each([
    ["markup", printable],
    ["quotes", '"},{"level":50,"x":"'],
  ])("that make Host no host are refused, and not repeated: %s", async (_name, host) => {
    await using started = await startBefore(createServer(atOnce("")), "http");

    const response = await started.gateway.get("/", [["Host", host]]);

    expect(response.status).toBe(400);
    expect(response.bytes.toString("latin1")).not.toContain(host);
  });

  test("in the path stay text", async () => {
    await using started = await startBefore(createServer(atOnce("")), "http");

    const seen = await faultsInEveryForm(
      started.gateway,
      [["Host", "a.test"]],
      "/\"'<script>`|-->\\?a=<b>",
    );

    expect(seen).toEqual(nothingWrong);
    expect(await started.gateway.line()).toMatchObject({ path: "/\"'<script>`|-->\\" });
  });

  test("in a Host of 100 kB are shown in part", async () => {
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["a.test"], origins: ["http://127.0.0.1:1"] }],
    });

    const response = await gateway.get("/", [
      ["Host", "x".repeat(100_000)],
      ["Accept", "text/html"],
    ]);

    expect(response.status).toBe(409);
    expect(response.body.length).toBeLessThan(20_000);
  });
});
