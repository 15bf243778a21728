// The command as people type it: exit codes, streams, and the demo.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { places, runEdgecase as edgecase, startEdgecase } from "../helpers/edgecase-command.ts";
import type { Program } from "../helpers/program.ts";

const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("edgecase explain", () => {
  test.each([
    ["525", /SSL handshake failed/],
    ["connection_refused", /RFC 9209 §2\.3\.7/],
    ["expired", /tls_certificate_error\/expired/],
    ["wrong-host", /tls_certificate_error\/wrong_host/],
    ["response_code_mismatch", /health check got a response/],
  ])("%s says what it means on stdout", (name, expected) => {
    const { status, stdout, stderr } = edgecase(["explain", name]);

    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(expected);
  });

  test("of a word that nobody knows names the nearest one, on stderr, and exits with 2", () => {
    const { status, stdout, stderr } = edgecase(["explain", "conection_refused"]);

    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/did you mean "connection_refused"/);
  });
});

describe("edgecase check", () => {
  test("accepts a sound file", () => {
    const file = join(folder, "good.yaml");
    writeFileSync(
      file,
      'zones:\n  - hosts: ["shop.localhost"]\n    origins: ["https://127.0.0.1:3000"]\n',
    );

    expect(edgecase(["check", file])).toMatchObject({ status: 0, stderr: "" });
  });

  test("accepts the example of an error page", () => {
    const file = "examples/error-page/edgecase.yaml";

    expect(edgecase(["check", file])).toMatchObject({ status: 0, stderr: "" });
  });

  test("names file, line, path, rule, value and the nearest key of everything that is wrong", () => {
    const file = join(folder, "bad.yaml");
    writeFileSync(
      file,
      'zones:\n  - hosts: ["shop.localhost"]\n    orgins: ["https://127.0.0.1:3000"]\n    origins: ["ftp://x"]\n    ssl: stric\n',
    );

    const { status, stderr } = edgecase(["check", "--config", file]);

    expect(status).toBe(2);
    expect(stderr).toContain(
      `${file}:3: zones[0].orgins: is not a known key (found ["https://127.0.0.1:3000"]); did you mean "origins"?`,
    );
    expect(stderr).toMatch(/bad\.yaml:5: zones\[0\]\.ssl: must be "off" or/);
  });

  test("exits with 2 for a file that is not there", () => {
    expect(edgecase(["check", join(folder, "none.yaml")])).toMatchObject({ status: 2, stdout: "" });
  });
});

describe("edgecase serve", () => {
  test.each([
    [["--codes", "sometimes"], {}],
    [["--port", "http"], {}],
    [["--origin", "ftp://x"], {}],
    [["--no-such-flag"], {}],
    [["--origin", "http://127.0.0.1:9", "--admin-host", "0.0.0.0"], {}],
    [["--origin", "http://127.0.0.1:9"], { EDGECASE_ADMIN_TOKEN_FILE: "there-is-none" }],
    [[], { EDGECASE_PAGES: "loud" }],
  ])("refuses %j with %j before it listens, and exits with 2", (args, env) => {
    expect(edgecase(["serve", ...args], env)).toMatchObject({ status: 2, stdout: "" });
  });

  test("exits with 1 where the port is taken", async () => {
    const holder = spawn(process.execPath, [
      "-e",
      "require('net').createServer().listen(0,'127.0.0.1',function(){console.log(this.address().port)})",
    ]);
    const [port] = (await once(holder.stdout, "data")) as [Buffer];

    const { status, stderr } = edgecase([
      "--origin",
      "http://127.0.0.1:9",
      "--https-port",
      "0",
      "--port",
      port.toString().trim(),
      "--admin-port",
      "false",
    ]);
    holder.kill();

    expect(status).toBe(1);
    expect(stderr).toMatch(/EADDRINUSE/);
  });
});

describe("the demo", () => {
  let port = 0;
  let adminPort = 0;
  let demo: Program;

  beforeAll(async () => {
    demo = startEdgecase(["--port", "0", "--https-port", "0", "--admin-port", "0"]);
    port = await demo.number(places.port);
    adminPort = await demo.number(places.adminPort);
  }, 40_000);

  afterAll(async () => {
    const code = await demo.end();
    if (code !== 0) throw new Error(`the demo ended with ${code}`);
  });

  const fetchFrom = (
    host: string,
    at = port,
    path = "/",
    options: { method?: string; body?: string } = {},
  ) =>
    new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
      (resolve, reject) => {
        const req = request(
          {
            port: at,
            path,
            method: options.method ?? "GET",
            headers: { host, accept: "text/html" },
          },
          (res) => {
            let body = "";
            res.setEncoding("utf8").on("data", (text: string) => {
              body += text;
            });
            res.on("end", () =>
              resolve({ status: res.statusCode ?? 0, headers: res.headers, body }),
            );
          },
        );
        req.on("error", reject);
        req.end(options.body);
      },
    );

  test("lists every broken origin with a link to its own host and the code to expect", async () => {
    const { status, body } = await fetchFrom(`localhost:${port}`);

    expect(status).toBe(200);
    expect(body).toContain(`href="http://expired.localhost:${port}/"`);
    expect(body).toContain(
      "<strong>526</strong> Invalid SSL certificate: tls_certificate_error / expired",
    );
  });

  test.each([
    ["expired", 526],
    ["self-signed", 526],
    ["wrong-host", 526],
    ["refused", 521],
    ["nxdomain", 523],
    ["closes-silently", 520],
    ["good", 200],
  ])("%s.localhost answers %i", async (name, status) => {
    expect((await fetchFrom(`${name}.localhost:${port}`)).status).toBe(status);
  });

  test("has the toggles in reach, and they act at once", async () => {
    await fetchFrom(`localhost:${port}`, port, "/", { method: "POST", body: "codes=generic" });
    const generic = await fetchFrom(`refused.localhost:${port}`);
    await fetchFrom(`localhost:${port}`, port, "/", { method: "POST", body: "codes=detailed" });
    const detailed = await fetchFrom(`refused.localhost:${port}`);

    expect([generic.status, detailed.status]).toEqual([502, 521]);
  });

  test("serves metrics and health on the admin port, and lines on stdout", async () => {
    const metrics = await fetchFrom("localhost", adminPort, "/metrics");
    const health = await fetchFrom("localhost", adminPort, "/healthz");
    const ready = await fetchFrom("localhost", adminPort, "/readyz");

    expect(metrics.body).toMatch(/edgecase_errors_total\{zone="expired\.localhost",code="526"\} 1/);
    expect([health.status, ready.status]).toEqual([200, 200]);
    expect(JSON.parse(demo.written().split("\n")[0] ?? "")).toMatchObject({ msg: "request" });
  });
});
