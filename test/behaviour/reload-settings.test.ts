// Another configuration takes the place of the one in force: what clients are told, and what concerns every request.

import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect as connectTls } from "node:tls";

import { describe, expect, test } from "vitest";

import { makeCertificates } from "../../fixtures/tls/certificates.ts";
import type { ConfigFile, ZoneFile } from "../../src/config/schema.ts";
import { startGatewayOn, type TestGateway } from "../helpers/gateway.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";
import { field } from "../helpers/raw-client.ts";
import { makeSecureListener } from "../helpers/secure-listener.ts";

/** A configuration with one zone, on `a.test`. */
function withZone(origin: string, more: Partial<ZoneFile> = {}): ConfigFile {
  return { zones: [{ hosts: ["a.test"], origins: [origin], ...more }] };
}

function startAnswering(): Promise<TestOrigin> {
  return startOrigin((socket) => socket.write(ok()));
}

/** Two zones whose origins refuse every connection. */
function refusing(errors: ZoneFile["errors"] = {}): ConfigFile {
  const origins = ["http://127.0.0.1:9"];
  return {
    errors,
    zones: [
      { hosts: ["a.test"], origins },
      { hosts: ["b.test"], origins },
    ],
  };
}

/** What either zone answers, and the gateway for a host that neither has. */
function statuses(gateway: TestGateway): Promise<number[]> {
  const hosts = ["a.test", "b.test", "none.test"];
  return Promise.all(hosts.map(async (host) => (await gateway.get("/", [["Host", host]])).status));
}

describe("what clients are told", () => {
  test("is what the file says again, after changes at run time", async () => {
    await using gateway = await startGatewayOn(refusing());
    gateway.gateway.settings.change({ codes: "generic" });
    const changed = await statuses(gateway);

    await gateway.reload(refusing());

    expect(changed).toEqual([502, 502, 502]);
    expect(await statuses(gateway)).toEqual([521, 521, 409]);
  });

  test("stays as it was changed, if the change survives a reload", async () => {
    await using gateway = await startGatewayOn(refusing());
    const { settings } = gateway.gateway;
    settings.change({ codes: "detailed" }, "a.test", { survivesReload: true });
    settings.change({ codes: "generic" }, "b.test", { survivesReload: true });
    settings.change({ codes: "detailed" }, "b.test");

    await gateway.reload(refusing({ codes: "generic" }));
    const byZone = await statuses(gateway);
    settings.change({ codes: "detailed" }, undefined, { survivesReload: true });
    await gateway.reload(refusing({ codes: "generic", pages: "sanitized" }));

    expect(byZone).toEqual([521, 502, 502]);
    expect(await statuses(gateway)).toEqual([521, 521, 409]);
    expect(settings.errors).toMatchObject({ codes: "detailed", pages: "sanitized" });
  });

  test("goes back to the file's profile where the one that was asked for is gone", async () => {
    await using gateway = await startGatewayOn({
      ...refusing(),
      profiles: { mine: { extends: "rfc9209" } },
    });
    gateway.gateway.settings.change({ profile: "mine" }, undefined, { survivesReload: true });
    const changed = await statuses(gateway);

    await gateway.reload(refusing());

    expect(changed).toEqual([502, 502, 500]);
    expect(await statuses(gateway)).toEqual([521, 521, 409]);
  });

  test("follows a profile that was rewritten, and counts its new codes from 0", async () => {
    await using gateway = await startGatewayOn(refusing());
    const codes = { connection_refused: { status: 598 } };

    await gateway.reload({
      ...refusing({ profile: "cloudflare" }),
      profiles: { mine: { extends: "cloudflare", codes } },
    });
    const counted = await gateway.samples("edgecase_errors_total", 'code="598"');
    gateway.gateway.settings.change({ profile: "mine" });

    expect(counted).toHaveLength(3);
    expect(await statuses(gateway)).toEqual([598, 598, 409]);
  });
});

describe("what concerns every request", () => {
  test("changes with the next one, also on a connection that was open before", async () => {
    await using origin = await startAnswering();
    const config = withZone(origin.url);
    await using gateway = await startGatewayOn(config);
    const client = gateway.connect();
    const ask = { headers: [["Host", "a.test"], ["X-Forwarded-For", "203.0.113.9"]] } as const; // prettier-ignore
    const before = await client.request(ask);

    await gateway.reload({ ...config, colo: "ZRH", trustedProxies: ["127.0.0.0/8"] });
    const after = await client.request(ask);
    client.close();

    expect(field(before, "cf-ray")).toMatch(/-DEV$/);
    expect(field(after, "cf-ray")).toMatch(/-ZRH$/);
    expect(gateway.lines.map(({ client: address }) => address)).toEqual(["127.0.0.1", "203.0.113.9"]); // prettier-ignore
    expect(origin.connections).toBe(1);
  });

  test("lets new connections send a larger head, where the limit was raised", async () => {
    await using origin = await startAnswering();
    const config = withZone(origin.url);
    await using gateway = await startGatewayOn({ ...config, limits: { requestHeaderBytes: 4_000, urlBytes: 4_000 } }); // prettier-ignore
    const headers = [["Host", "a.test"], ["X-Long", "x".repeat(20_000)]] as const; // prettier-ignore
    const before = await gateway.request({ headers });

    await gateway.reload(config);
    const after = await gateway.request({ headers });

    expect([before.status, after.status]).toEqual([431, 200]);
  });

  test("stays where it takes a restart, and says so", async () => {
    await using origin = await startAnswering();
    await using gateway = await startGatewayOn(withZone(origin.url));

    const outcome = await gateway.reload({
      ...withZone(origin.url, { ssl: "full" }),
      listen: { http: 1, host: "::1" },
      admin: { port: 2 },
    });
    const again = await gateway.reload(withZone(origin.url, { ssl: "full" }));

    expect(outcome.changed).toEqual(["a.test"]);
    expect(outcome.needsRestart).toEqual(["listen.host", "listen.http", "admin.port"]);
    expect(again.needsRestart).toEqual([]);
    expect((await gateway.get()).status).toBe(200);
  });

  test("shows clients a certificate that was renewed, with and without a server name", async () => {
    const secure = await makeSecureListener("a.test");
    const config = { ...withZone("http://127.0.0.1:9"), listen: secure.listen };
    await using gateway = await startGatewayOn(config);
    const [files] = secure.listen.certificates ?? [];
    const renewed = await (await makeCertificates("a.test")).pair("good");
    const before = await serialsAt(gateway.securePort);

    writeFileSync(files?.cert ?? "", renewed.cert);
    writeFileSync(files?.key ?? "", renewed.key);
    await gateway.reload(config);
    const after = await serialsAt(gateway.securePort);
    secure.remove();

    expect(after.named).not.toBe(before.named);
    expect(after.unnamed).not.toBe(before.unnamed);
  });
});

/** Fingerprints of the certificates for a client that names `a.test`, and for one that names nobody. */
async function serialsAt(port: number): Promise<{ named: string; unnamed: string }> {
  const fingerprint = async (servername: string): Promise<string> => {
    const socket = connectTls({ port, host: "127.0.0.1", servername, rejectUnauthorized: false });
    await once(socket, "secureConnect");
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  };
  return { named: await fingerprint("a.test"), unnamed: await fingerprint("") };
}
