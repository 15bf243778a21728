// Checks of one's own: called with what they need, bounded in time, and of no danger to the gateway, whatever they do.

import { afterAll, describe, expect, test } from "vitest";

import type { Standing } from "../../src/pick/standing.ts";
import { checkModules } from "../helpers/custom-check.ts";
import { startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";

const modules = checkModules();
afterAll(() => modules[Symbol.dispose]());

/** Starts a gateway whose one origin is checked by this function, written as a module. */
function startWith(name: string, check: string, origin: string): Promise<TestGateway> {
  return startGatewayOn({
    zones: [
      {
        hosts: ["pool.test"],
        origins: [{ address: origin, name: "main" }],
        monitor: { type: "custom", module: modules.write(name, check), interval: 3, timeout: 2 },
      },
    ],
  });
}

/** The standing after the first check. */
async function checked({ gateway }: TestGateway): Promise<Standing> {
  const standing = gateway.zones[0]?.origins[0]?.standing;
  await waitFor(() => standing?.lastCheck, "no check has come to an end", 5_000);
  return standing ?? expect.fail("no origin");
}

describe("a check of one's own", () => {
  test("is called with the origin's place, its time, and a signal", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    const { host, port, hostname } = new URL(origin.url);

    await using gateway = await startWith(
      "context",
      `export default async ({ signal, ...context }) => ({ healthy: false, detail: JSON.stringify({ ...context, signal: signal instanceof AbortSignal }) });`,
      origin.url,
    );
    const { trouble } = await checked(gateway);

    expect(JSON.parse(trouble?.detail ?? "")).toEqual({
      origin: "main",
      address: host,
      host: hostname,
      port: Number(port),
      scheme: "http",
      timeoutMs: 2_000,
      signal: true,
    });
  });

  test("can ask the origin what it likes", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok("ready")));

    await using gateway = await startWith(
      "asks",
      `export default async ({ scheme, address, signal }) => {
        const response = await fetch(\`\${scheme}://\${address}/deep\`, { signal });
        return (await response.text()) === "ready";
      };`,
      origin.url,
    );

    expect((await checked(gateway)).verdict).toBe("healthy");
    expect(origin.heads[0]).toMatch(/^GET \/deep/);
  });

  test.each([
    ["nothing", "export default async () => {};"],
    ["true", "export default () => true;"],
    ["healthy: true", "export default () => ({ healthy: true });"],
  ])("that gives %s says that the origin is well", async (name, module) => {
    await using gateway = await startWith(name, module, "http://127.0.0.1:9");

    const { verdict, trouble } = await checked(gateway);

    expect({ verdict, trouble }).toEqual({ verdict: "healthy", trouble: null });
  });

  test.each([
    ["false", "async () => false", "unhealthy: not healthy"],
    ["a detail", 'async () => ({ healthy: false, detail: "queue is full" })', "unhealthy: queue"],
    ["an error", 'async () => { throw new Error("no database"); }', "threw: no database"],
    ["an error that is none", "async () => { throw undefined; }", "threw: undefined"],
    ["no answer, ever", "() => new Promise(() => {})", "timeout: did not answer"],
    ["nothing since it computes for ever", "async () => { for (;;); }", "timeout: did not answer"],
    ["an exit of the process", "async () => process.exit(1)", "threw: ended its thread"],
    [
      "an error nobody waits for",
      '() => { setTimeout(() => { throw new Error("later"); }, 10); return new Promise(() => {}); }',
      "threw: later",
    ],
    ["no function", "1", "not_loaded: no function"],
    ["no JavaScript", ")(", "not_loaded: Unexpected"],
  ])("that gives %s fails", async (name, check, expected) => {
    const module = `export default ${check};`;
    await using gateway = await startWith(name, module, "http://127.0.0.1:9");

    const { verdict, trouble } = await checked(gateway);

    const [reason = "", detail = ""] = expected.split(": ");
    expect({ verdict, type: trouble?.type, reason: trouble?.reason }).toEqual({
      verdict: "unhealthy",
      type: "custom_check_failed",
      reason,
    });
    expect(trouble?.detail).toContain(detail);
  });

  test("that takes all the memory there is takes only its own", async () => {
    await using gateway = await startWith(
      "memory",
      "export default async () => { const all = []; for (;;) all.push(new Array(1e6).fill({})); };",
      "http://127.0.0.1:9",
    );

    expect((await checked(gateway)).trouble?.type).toBe("custom_check_failed");
  });

  test("that hangs, one way or the other, holds up neither requests nor other checks", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    const hangs = modules.write("hangs", "export default async () => { for (;;); };");
    const monitors = {
      hangs: { type: "custom", module: hangs, interval: 0.4, timeout: 0.3 },
      works: { interval: 0.2, timeout: 0.15 },
    } as const;
    await using gateway = await startGatewayOn({
      monitors,
      zones: [
        { hosts: ["good.test"], origins: [origin.url], monitor: "works" },
        { hosts: ["bad.test"], origins: ["http://127.0.0.1:9"], monitor: "hangs" },
      ],
    });

    const tookMs: number[] = [];
    const checksBefore = origin.heads.length;
    const until = performance.now() + 2_000;
    while (performance.now() < until) {
      const startedAt = performance.now();
      const response = await gateway.get("/");
      tookMs.push(performance.now() - startedAt);
      expect(response.status).toBe(200);
    }

    tookMs.sort((left, right) => left - right);
    expect(tookMs[Math.floor(tookMs.length / 2)]).toBeLessThan(100);
    const checks = origin.heads.slice(checksBefore).filter((head) => /health-check/i.test(head));
    expect(checks.length).toBeGreaterThanOrEqual(5);
  });

  test("writes nothing to stdout, where the access log goes", async () => {
    const written: string[] = [];
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = ((text: string) => written.push(text)) as never;
    try {
      await using gateway = await startWith(
        "talks",
        'export default async () => { console.log("hello from the check"); };',
        "http://127.0.0.1:9",
      );
      await checked(gateway);
    } finally {
      process.stdout.write = write;
    }

    expect(written.join("")).not.toContain("hello from the check");
  });
});
