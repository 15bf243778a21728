// The command takes up a configuration that was changed while it runs, by a write, a rename or a signal, and drops nobody.

import { once } from "node:events";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { Agent, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";

import type { ConfigFile, ZoneFile } from "../../src/config/schema.ts";
import { type Command, fetchFrom, startCommand } from "../helpers/edgecase-command.ts";
import { waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";

/** Starting the command, and waiting for it, takes its time on a busy machine. */
const longestMs = 60_000;
const reloadMs = 10_000;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
  folders.push(folder);
  return folder;
}

function zone(origin: string, more: Partial<ZoneFile> = {}): ConfigFile {
  return { zones: [{ hosts: ["a.test"], origins: [origin], ...more }] };
}

function write(file: string, config: ConfigFile | string): void {
  writeFileSync(file, typeof config === "string" ? config : JSON.stringify(config));
}

/** As editors do. */
function replace(file: string, config: ConfigFile | string): void {
  write(`${file}~`, config);
  renameSync(`${file}~`, file);
}

/** Waits until so many reloads have ended well, or not. */
function reloads(command: Command, result: "success" | "failure", count: number): Promise<true> {
  const words = result === "success" ? /"configuration reloaded/g : /"configuration not reloaded/g;
  return waitFor(() => (command.said().match(words) ?? []).length >= count, `no ${result}: ${command.said()}`, reloadMs); // prettier-ignore
}

function startNamed(name: string): Promise<TestOrigin> {
  return startOrigin((socket) => socket.write(ok(name)));
}

describe("a configuration file that changes", { timeout: longestMs }, () => {
  test.each([
    ["written in place", write],
    ["replaced by a rename", replace],
  ])("is in force soon when it was %s", async (_how, put) => {
    await using first = await startNamed("first");
    await using second = await startNamed("second");
    const file = join(makeFolder(), "edgecase.json");
    write(file, zone(first.url));
    await using command = await startCommand(["--config", file]);
    const before = await command.get("a.test");

    put(file, zone(second.url));
    await reloads(command, "success", 1);
    const after = await command.get("a.test");
    put(file, zone(first.url));
    await reloads(command, "success", 2);

    expect([before.body, after.body]).toEqual(["first", "second"]);
    expect((await command.get("a.test")).body).toBe("first");
    expect(command.said()).toMatch(/"changed":\["a\.test"\].*0 zones added, 1 changed, 0 removed/);
  });

  test("changes nothing while it cannot be used, says why, and counts", async () => {
    await using origin = await startNamed("good");
    const file = join(makeFolder(), "edgecase.yaml");
    write(file, zone(origin.url));
    await using command = await startCommand(["--config", file]);

    replace(file, `zones:\n  - hosts: ["a.test"]\n    orgins: ["${origin.url}"]\n`);
    await reloads(command, "failure", 1);
    const answer = await command.get("a.test");
    const isLastGood = await command.metric("edgecase_config_last_reload_successful");
    replace(file, zone(origin.url, { ssl: "full" }));
    await reloads(command, "success", 1);

    expect(answer.body).toBe("good");
    expect(command.said()).toContain(
      `${file}:3: zones[0].orgins: is not a known key (found [\\"${origin.url}\\"]); did you mean \\"origins\\"?`,
    );
    expect(isLastGood).toBe(0);
    expect(await command.metric('edgecase_config_reloads_total{result="failure"}')).toBe(1);
    expect(await command.metric('edgecase_config_reloads_total{result="success"}')).toBe(1);
    expect(await command.metric("edgecase_config_last_reload_successful")).toBe(1);
  });

  test("may be emptied or removed, and come back", async () => {
    await using origin = await startNamed("still here");
    const folder = join(makeFolder(), "config");
    const file = join(folder, "edgecase.yaml");
    mkdirSync(folder);
    write(file, zone(origin.url));
    await using command = await startCommand(["--config", file]);

    write(file, "");
    await reloads(command, "failure", 1);
    rmSync(folder, { recursive: true });
    await reloads(command, "failure", 2);
    const answer = await command.get("a.test");
    mkdirSync(folder);
    write(file, zone(origin.url, { ssl: "full" }));
    await reloads(command, "success", 1);

    expect(answer.body).toBe("still here");
    expect(command.said()).toContain("zones: must not be empty");
    expect(command.said()).toContain("cannot be read: ENOENT");
    expect((await command.get("a.test")).body).toBe("still here");
  });

  test("is read again when a file that it names changes, wherever that is", async () => {
    const body = join(makeFolder(), "body.txt");
    const file = join(makeFolder(), "edgecase.json");
    writeFileSync(body, "old");
    const rule = { status: [521], file: body, contentType: "text/plain" as const };
    write(file, zone("http://127.0.0.1:9", { errorRules: [rule] }));
    await using command = await startCommand(["--config", file]);
    const before = await command.get("a.test");

    replace(body, " ");
    await reloads(command, "failure", 1);
    replace(body, "new");
    await reloads(command, "success", 1);
    const after = await command.get("a.test");

    expect([before.body, after.body]).toEqual(["old", "new"]);
  });

  test("does not win over flags and environment", async () => {
    const file = join(makeFolder(), "edgecase.json");
    write(file, zone("http://127.0.0.1:9"));
    const env = { EDGECASE_PAGES: "sanitized" };
    await using command = await startCommand(["--config", file, "--codes", "generic"], { env });
    const before = await command.get("a.test");

    write(file, { ...zone("http://127.0.0.1:9"), errors: { codes: "detailed", pages: "verbose", profile: "rfc9209" } }); // prettier-ignore
    await reloads(command, "success", 1);
    const after = await command.get("a.test");

    expect([before.status, after.status]).toEqual([502, 502]);
    expect(after.body).not.toContain("connection_refused");
  });
});

describe("SIGHUP", { timeout: longestMs }, () => {
  test("reads the configuration again", async () => {
    const file = join(makeFolder(), "edgecase.json");
    write(file, zone("http://127.0.0.1:9"));
    await using command = await startCommand(["--config", file]);

    command.child.kill("SIGHUP");
    await reloads(command, "success", 1);

    expect(command.said()).toContain("0 zones added, 0 changed, 0 removed");
    expect(await command.metric('edgecase_config_reloads_total{result="success"}')).toBe(1);
  });

  test("changes nothing where there is no file, and says so", async () => {
    await using command = await startCommand(["--origin", "http://127.0.0.1:9"]);

    command.child.kill("SIGHUP");
    await waitFor(() => command.said().includes("nothing to reload"), "it says nothing", reloadMs);

    expect((await command.get("any.test")).status).toBe(521);
    expect(await command.metric('edgecase_config_reloads_total{result="success"}')).toBe(0);
  });
});

describe("twenty reloads in a row", { timeout: longestMs }, () => {
  test("fail no request, cut no download and no WebSocket, and leave clients' connections", async () => {
    await using first = await startPaced("first");
    await using second = await startPaced("second");
    const file = join(makeFolder(), "edgecase.json");
    write(file, zone(first.url));
    await using command = await startCommand(["--config", file]);
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const socket = new WebSocket(`ws://127.0.0.1:${command.port}/`, {
      headers: { host: "a.test" },
    });
    await once(socket, "open");
    const download = command.get("a.test", "/slow");
    const over = new AbortController();
    const answers: string[] = [];
    const clientPorts = new Set<number | undefined>();
    const ready: number[] = [];
    const steady = Array.from({ length: 8 }, async () => {
      while (!over.signal.aborted) {
        const { status, body, clientPort } = await command.get("a.test", "/", agent);
        answers.push(`${status} ${body}`);
        clientPorts.add(clientPort);
        ready.push((await fetchFrom(command.adminPort, "localhost", "/readyz")).status);
      }
    });

    for (let time = 1; time <= 20; time += 1) {
      (time % 2 === 0 ? write : replace)(file, zone(time % 2 === 0 ? first.url : second.url));
      await reloads(command, "success", time);
    }
    over.abort();
    await Promise.all(steady);
    socket.send("still there");
    const [echoed] = (await once(socket, "message")) as [Buffer];
    first.finish();
    const downloaded = await download;
    agent.destroy();
    socket.terminate();

    expect(new Set(answers)).toEqual(new Set(["200 first", "200 second"]));
    expect(new Set(ready)).toEqual(new Set([200]));
    expect(clientPorts.size).toBe(8);
    expect(echoed.toString()).toBe("still there");
    expect(downloaded.body).toMatch(/^(first){2,}end$/);
    expect(await command.metric('edgecase_config_reloads_total{result="failure"}')).toBe(0);
    expect(await command.metric('edgecase_requests_total{zone="a.test",method="GET",status="200"}')).toBe(answers.length + 1); // prettier-ignore
  });
});

/** An origin that answers with its name; `/slow` goes on saying it until `finish`, and WebSockets echo. */
async function startPaced(name: string): Promise<PacedOrigin> {
  let isFinished = false;
  const server = createServer((req, res) => {
    if (req.url !== "/slow") return void res.end(name);
    const pace = setInterval(() => {
      if (!isFinished) return void res.write(name);
      clearInterval(pace);
      res.end("end");
    }, 20);
    res.once("close", () => clearInterval(pace));
  });
  const echo = new WebSocketServer({ server });
  echo.on("connection", (socket) => socket.on("message", (bytes) => socket.send(bytes)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    finish: () => {
      isFinished = true;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of echo.clients) socket.terminate();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

interface PacedOrigin extends AsyncDisposable {
  readonly url: string;
  finish(): void;
}
