// `edgecase set` and `edgecase ray` as people type them, against a gateway that runs.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { startAdmin, type TestAdmin } from "../helpers/admin.ts";
import { runEdgecaseBeside as edgecase } from "../helpers/edgecase-command.ts";

const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
const tokenFile = join(folder, "token");
writeFileSync(tokenFile, "s3cret\n");

const nowhere = "http://127.0.0.1:9";
const config = {
  zones: [
    { hosts: ["a.test"], origins: [nowhere] },
    { hosts: ["b.test"], origins: [nowhere] },
  ],
};

const at = ({ url }: TestAdmin) => ["--admin", url];

describe("edgecase set", () => {
  test("changes the gateway, and prints what is in force on stdout", async () => {
    await using admin = await startAdmin(config);

    const result = await edgecase(["set", "codes=generic", "clock=0.5", ...at(admin)]);

    expect(result).toEqual({
      status: 0,
      stdout: "gateway: codes=generic pages=verbose profile=cloudflare clock=0.5\n",
      stderr: "",
    });
    expect((await admin.gateway.get("/")).status).toBe(502);
  });

  test("changes one zone, and says which ones differ", async () => {
    await using admin = await startAdmin(config);

    const { stdout } = await edgecase(["set", "pages=sanitized", "--zone", "b.test", ...at(admin)]);

    expect(stdout).toBe(
      "gateway: codes=detailed pages=verbose profile=cloudflare clock=1\nb.test: codes=detailed pages=sanitized profile=cloudflare\n",
    );
  });

  test("passes on that the change is to survive a reload, and prints JSON", async () => {
    await using admin = await startAdmin(config);

    const { stdout } = await edgecase(["set", "profile=rfc9209", "--survives-reload", "--json"], {
      EDGECASE_ADMIN_PORT: String(admin.port),
    });

    expect(JSON.parse(stdout)).toMatchObject({ profile: "rfc9209" });
    const { gateway } = admin.gateway;
    await gateway.reload(gateway.config);
    expect(gateway.settings.errors.profile).toBe("rfc9209");
  });

  test.each([
    ["codes=genric", /^edgecase: codes: .*\(found "genric"\); did you mean "generic"\?$/m],
    ["cods=generic", /^edgecase: cods: is not a setting .*; did you mean "codes"\?$/m],
    ["clock=fast", /^edgecase: clock: must be a number/m],
    ["clock=0", /^edgecase: clock: must be > 0 \(found 0\)$/m],
  ])("refuses %s, and exits with 2", async (assignment, said) => {
    await using admin = await startAdmin(config);

    const { status, stdout, stderr } = await edgecase(["set", assignment, ...at(admin)]);

    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(said);
  });

  test("exits with 1 and says so where no gateway runs", async () => {
    const { status, stderr } = await edgecase(["set", "codes=generic", "--admin-port", "1"]);

    expect(status).toBe(1);
    expect(stderr).toMatch(/^edgecase: no gateway answers at http:\/\/127\.0\.0\.1:1 \(/);
  });

  test("exits with 1 and says so where something else answers", async () => {
    await using admin = await startAdmin(config);

    const { status, stderr } = await edgecase([
      "set",
      "codes=generic",
      "--admin",
      `http://127.0.0.1:${admin.gateway.port}`,
    ]);

    expect(status).toBe(1);
    expect(stderr).toMatch(/is no admin server of Edgecase/);
  });

  test("bears the token of a file, and asks for it where it is missing", async () => {
    await using admin = await startAdmin({ ...config, admin: { tokenFile } });
    const args = ["set", "codes=generic", ...at(admin)];

    const without = await edgecase(args);
    const bearing = await edgecase([...args, "--token-file", tokenFile]);

    expect([without.status, bearing.status]).toEqual([1, 0]);
    expect(without.stderr).toMatch(/--token-file/);
  });
});

describe("edgecase ray", () => {
  test("tells the whole story, with or without the place at the end of the id", async () => {
    await using admin = await startAdmin(config);
    await admin.gateway.get("/shop?secret=1");
    const { ray, detail } = await admin.gateway.line();
    const whole = String(ray);

    const [told, again] = await Promise.all([
      edgecase(["ray", whole, ...at(admin)]),
      edgecase(["ray", whole.slice(0, 16).toUpperCase(), ...at(admin)]),
    ]);

    expect([told.status, told.stderr, again.stdout]).toEqual([0, "", told.stdout]);
    for (const part of [
      whole,
      "GET http://a.test/shop (HTTP/1.1, from 127.0.0.1)",
      "521, with a verbose page",
      "The origin refused the connection.",
      `Cause: ${String(detail)}`,
      "Client asked > Edge passed > DNS - > TCP FAILED > TLS - > HTTP -",
      "Error code",
      "Likely causes",
      "lsof -nP -iTCP:9 -sTCP:LISTEN",
      "How to fix",
    ])
      expect(told.stdout).toContain(part);
    expect(told.stdout).not.toContain("secret");
  });

  test("prints JSON, as the admin API has it", async () => {
    await using admin = await startAdmin(config);
    await admin.gateway.get("/");
    const { ray } = await admin.gateway.line();

    const { stdout } = await edgecase(["ray", String(ray), "--json", ...at(admin)]);

    expect(JSON.parse(stdout)).toEqual((await admin.ask(`/api/exchanges/${String(ray)}`)).json());
  });

  test.each([
    ["0123456789abcdef", 1, /knows nothing of 0123456789abcdef/],
    ["shop", 2, /is no ray id/],
    ["../settings", 2, /is no ray id/],
  ])("of %s exits with %i", async (id, expected, said) => {
    await using admin = await startAdmin(config);

    const { status, stdout, stderr } = await edgecase(["ray", id, ...at(admin)]);

    expect([status, stdout]).toEqual([expected, ""]);
    expect(stderr).toMatch(said);
  });
});
