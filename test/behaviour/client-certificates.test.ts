import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer, type ConnectionOptions, type TlsOptions } from "node:tls";
import { promisify } from "node:util";

import { afterAll, afterEach, describe, expect, test, vi } from "vitest";

import { issue, type Recipe } from "../../fixtures/tls/issue.ts";
import { ClientCertificates } from "../../src/listen/client-certificates.ts";
import { type CertificatePair, LocalCa } from "../../src/listen/local-ca.ts";

const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
const ca = await LocalCa.load(folder);
const ownRoot = await issue({ commonName: "A public CA", isAuthority: true }, "self");
const servers: Server[] = [];

afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.useRealTimers();
  for (const server of servers.splice(0)) server.close();
});

/** A certificate of the owner's own, for these names. */
async function ownPair(...names: string[]): Promise<CertificatePair> {
  const recipe: Recipe = {
    commonName: "own",
    names: names.map((value) => ({ type: /^[\d.]+$/.test(value) ? "ip" : "dns", value })),
  };
  const { certPem, keyPem } = await issue(recipe, ownRoot);
  return { cert: certPem, key: keyPem };
}

function certificatesWith(own: readonly CertificatePair[] = [], host = "127.0.0.1") {
  return new ClientCertificates(ca, { host, certificates: own });
}

/** What a TLS server needs to show them, as the gateway's listener does it. */
async function serverOptions(certificates: ClientCertificates): Promise<TlsOptions> {
  return { ...(await certificates.pairFor("")), SNICallback: certificates.onServerName };
}

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function startServer(certificates: ClientCertificates): Promise<number> {
  const options = await serverOptions(certificates);
  const server = createServer({ ...options, ALPNProtocols: ["h2", "http/1.1"] }, (socket) =>
    socket.on("error", () => {}).end(),
  );
  return listen(server);
}

/** What a client is shown that judges it as any client does, trusting the local CA and the owner's. */
async function handshake(port: number, options: ConnectionOptions = {}) {
  const socket = connect({
    host: "127.0.0.1",
    port,
    ca: [ca.certificatePem, ownRoot.certPem],
    ...options,
  });
  await once(socket, "secureConnect");
  const { subjectaltname, serialNumber } = socket.getPeerCertificate();
  const shown = { names: subjectaltname, serialNumber, protocol: socket.alpnProtocol };
  socket.destroy();
  return shown;
}

const anyName = { checkServerIdentity: () => undefined };
const defaultNames = "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1";

describe("a client that trusts the local CA", () => {
  test.each([
    ["shop.localhost", "DNS:shop.localhost"],
    ["a.b.c.shop.test", "DNS:a.b.c.shop.test"],
    ["SHOP.Example.COM", "DNS:shop.example.com"],
    ["under_score.test", "DNS:under_score.test"],
    ["xn--bcher-kva.test", "DNS:xn--bcher-kva.test"],
    ["localhost", "DNS:localhost"],
  ])(
    "is shown a certificate for %s alone when it asks for that name",
    async (servername, names) => {
      const port = await startServer(certificatesWith());

      expect(await handshake(port, { servername })).toMatchObject({ names });
    },
  );

  test("is shown one for this machine's own names when it asks for none", async () => {
    const port = await startServer(certificatesWith());

    expect(await handshake(port)).toMatchObject({ names: defaultNames });
  });

  test.each([
    ["192.0.2.7", "DNS:localhost, IP Address:192.0.2.7, IP Address:127.0.0.1"],
    ["edge.test", "DNS:localhost, DNS:edge.test, IP Address:127.0.0.1"],
  ])("is shown one that bears %s too if the gateway listens there", async (host, names) => {
    const port = await startServer(certificatesWith([], host));

    expect((await handshake(port)).names).toContain(names);
  });

  test.each(["0.0.0.0", "::"])(
    "can come by any address if the gateway listens on %s",
    async (host) => {
      const addresses = Object.values(networkInterfaces()).flatMap((list) =>
        (list ?? []).filter(({ family }) => family === "IPv4").map(({ address }) => address),
      );
      const port = await startServer(certificatesWith([], host));

      const { names } = await handshake(port);

      expect(names?.split(", ")).toEqual(
        expect.arrayContaining(addresses.map((address) => `IP Address:${address}`)),
      );
    },
  );

  test.each(["h2", "http/1.1"])("is given %s over the certificate of a name", async (protocol) => {
    const port = await startServer(certificatesWith());

    const shown = await handshake(port, { servername: "a.test", ALPNProtocols: [protocol] });

    expect(shown).toMatchObject({ names: "DNS:a.test", protocol });
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)("may speak %s", async (version) => {
    const port = await startServer(certificatesWith());
    const versions = { minVersion: version, maxVersion: version };

    expect(await handshake(port, { servername: "a.test", ...versions })).toMatchObject({
      names: "DNS:a.test",
    });
  });

  test.each(["shop.localhost", "localhost", "127.0.0.1"])("may be curl, for %s", async (host) => {
    const options = await serverOptions(certificatesWith());
    const port = await listen(createHttpsServer(options, (_req, res) => res.end("here")));
    const args = ["--silent", "--show-error", "--cacert", join(folder, "ca.pem")];
    const resolve = ["--resolve", `${host}:${port}:127.0.0.1`];

    const { stdout } = await promisify(execFile)("curl", [
      ...args,
      ...(host === "127.0.0.1" ? [] : resolve),
      `https://${host}:${port}/`,
    ]);

    expect(stdout).toBe("here");
  });
});

test("a client that does not trust the local CA refuses its certificates", async () => {
  const port = await startServer(certificatesWith());

  const refused = handshake(port, { servername: "a.test", ca: [ownRoot.certPem] });

  await expect(refused).rejects.toMatchObject({ code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
});

describe("a certificate of the owner's own", () => {
  test.each([
    ["shop.test", "own: as it is"],
    ["SHOP.TEST", "own: as it is"],
    ["api.shop.test", "own: by wildcard"],
    ["www.shop.test", "own: as it is, before a wildcard"],
    ["a.b.shop.test", "local: a wildcard is for one label"],
    ["hop.test", "local: another name"],
    ["own", "local: a common name is none"],
  ])("for %s: %s", async (servername, rule) => {
    const own = [await ownPair("*.shop.test"), await ownPair("shop.test", "www.shop.test")];
    const expected = {
      "own: as it is": "DNS:shop.test, DNS:www.shop.test",
      "own: as it is, before a wildcard": "DNS:shop.test, DNS:www.shop.test",
      "own: by wildcard": "DNS:*.shop.test",
    }[rule];
    const port = await startServer(certificatesWith(own));

    const { names } = await handshake(port, { servername });

    expect(names).toBe(expected ?? `DNS:${servername}`);
  });

  test("is not used where its wildcard is right below a top-level domain, which clients refuse", async () => {
    const port = await startServer(certificatesWith([await ownPair("*.localhost")]));

    expect((await handshake(port, { servername: "shop.localhost" })).names).toBe(
      "DNS:shop.localhost",
    );
  });

  test("is shown to clients without a name if it bears the address they come by", async () => {
    const own = [await ownPair("shop.test"), await ownPair("edge.test", "127.0.0.1")];
    const port = await startServer(certificatesWith(own));

    expect((await handshake(port)).names).toBe("DNS:edge.test, IP Address:127.0.0.1");
  });

  test("is not shown to clients without a name otherwise", async () => {
    const port = await startServer(certificatesWith([await ownPair("localhost", "shop.test")]));

    expect((await handshake(port)).names).toBe(defaultNames);
  });
});

describe("a server name that is none", () => {
  test.each(["../../etc", "a b.test", "a..test", "-a.test", "*.shop.test", "a.test/b", "10.0.0.1"])(
    "gets the certificate of this machine: %j",
    async (servername) => {
      const port = await startServer(certificatesWith());

      expect(await handshake(port, { servername, ...anyName })).toMatchObject({
        names: defaultNames,
      });
    },
  );

  test.each([
    ["of 300 characters", `${"a.".repeat(148)}test`],
    ["of 254 characters", `${"a.".repeat(124)}longer`],
    ["with a label of 64", `${"a".repeat(64)}.test`],
    ["with an odd character", "straße.test"],
    ["with a NUL", "shop.test\0.evil.test"],
    ["with a line end", "shop.test\r\nx"],
    ["of a dot", "."],
    ["that is an IPv6 address", "::1"],
  ])("gets it too %s, which no client here can send", async (_name, serverName) => {
    const certificates = certificatesWith();

    expect(await certificates.contextFor(serverName)).toBe(await certificates.contextFor(""));
    expect(certificates.size).toBe(1);
  });

  test("is not one of 253 characters, or one with a dot at its end", async () => {
    const longest = `${"a.".repeat(124)}tests`;
    const certificates = certificatesWith();

    await certificates.contextFor(longest);
    const plain = await certificates.contextFor("shop.test");

    expect(longest).toHaveLength(253);
    expect(await certificates.contextFor("shop.test.")).toBe(plain);
    expect(certificates.size).toBe(2);
  });
});

describe("certificates are kept", () => {
  test("so that clients at once and later are shown the same", async () => {
    const port = await startServer(certificatesWith());
    const ask = () => handshake(port, { servername: "a.test" });

    const first = await Promise.all(Array.from({ length: 10 }, ask));
    const later = await ask();

    expect(new Set([...first, later].map(({ serialNumber }) => serialNumber)).size).toBe(1);
  });

  test("until a third of their days is left, and then another takes its place", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const certificates = certificatesWith();
    const first = await certificates.pairFor("a.test");

    vi.setSystemTime(Date.now() + 260 * 86_400_000);
    const kept = await certificates.pairFor("a.test");
    vi.setSystemTime(Date.now() + 10 * 86_400_000);
    const [second, third] = await Promise.all([
      certificates.pairFor("a.test"),
      certificates.pairFor("a.test"),
    ]);

    expect(kept.cert).toBe(first.cert);
    expect(second?.cert).not.toBe(first.cert);
    expect(third?.cert).toBe(second?.cert);
  });

  test("for a thousand names; of more, those asked for longest ago are forgotten", async () => {
    const pair = await ca.issue(["any.test"]);
    const asked: string[] = [];
    const counting = {
      certificatePem: ca.certificatePem,
      issue: async (names: readonly string[]) => {
        asked.push(...names);
        return pair;
      },
    };
    const certificates = new ClientCertificates(counting, { host: "127.0.0.1", certificates: [] });
    for (let index = 0; index < 1_000; index += 1) await certificates.contextFor(`n${index}.test`);

    await certificates.contextFor("n0.test");
    await certificates.contextFor("one-more.test");
    await certificates.contextFor("n0.test");
    await certificates.contextFor("n1.test");

    expect(certificates.size).toBe(1_000);
    expect(asked).toHaveLength(1_002);
    expect(asked.slice(-2)).toEqual(["one-more.test", "n1.test"]);
  });

  test("but a failure is not: the next client has another try", async () => {
    const { certificatePem } = ca;
    const issuing = vi.fn<LocalCa["issue"]>().mockRejectedValueOnce(new Error("no"));
    const failing = { certificatePem, issue: issuing };
    failing.issue.mockImplementation((names) => ca.issue(names));
    const certificates = new ClientCertificates(failing, { host: "127.0.0.1", certificates: [] });

    await expect(certificates.pairFor("a.test")).rejects.toThrow("no");

    expect((await certificates.pairFor("a.test")).cert).toMatch(/^-----BEGIN CERTIFICATE-----/);
  });
});
