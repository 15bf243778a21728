// Origins and clients that send markup, line ends and terminal escapes wherever a byte of theirs may be shown.

import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

import { describe, expect, test } from "vitest";
import { parse } from "yaml";

import { issue } from "../../fixtures/tls/issue.ts";
import { startGatewayOn, type TestGateway } from "../helpers/gateway.ts";
import type { RawResponse } from "../helpers/raw-client.ts";

/** Everything that ends something: an element, an attribute, a comment, a cell, a span, a line, a terminal's patience. */
const hostile =
  "<script>alert(1)</script>\"'`|--><!--</td></title>&lt;\\\u0000\u001b[31m\u0007\u009b32m\u00ff";
const printable = "<script>alert(1)</script>\"'`|--><!--</td></title>&lt;\\";

/** What an origin does with a connection. */
type Behaviour = (socket: Socket) => void;

const onRequest =
  (bytes: string): Behaviour =>
  (socket) =>
    void socket.once("data", () => socket.end(Buffer.from(bytes, "latin1")));

const atOnce =
  (bytes: string): Behaviour =>
  (socket) =>
    void socket.end(Buffer.from(bytes, "latin1"));

/** Where on an answer the bytes stand. */
const answers: Readonly<Record<string, Behaviour>> = {
  "a greeting": atOnce(`${hostile}\r\n${hostile}\r\n`),
  "no head at all": onRequest(`${hostile}\r\n\r\n${hostile}`),
  "a mail server's greeting": atOnce(`220 ${hostile}\r\nSet-Cookie: injected=1\r\n\r\n`),
  "the version": onRequest(`HTTP/${hostile} 200 OK\r\n\r\n`),
  "the status": onRequest(`HTTP/1.1 ${hostile} OK\r\n\r\n`),
  "the reason phrase of a status that is none": onRequest(`HTTP/1.1 999 ${printable}\r\n\r\n`),
  "a field without a colon": onRequest(`HTTP/1.1 200 OK\r\n${hostile}\r\n\r\n`),
  "a field's name": onRequest(`HTTP/1.1 200 OK\r\n${hostile}: a\r\n\r\n`),
  "the transfer coding": onRequest(`HTTP/1.1 200 OK\r\nTransfer-Encoding: ${printable}\r\n\r\n`),
  "the content length": onRequest(`HTTP/1.1 200 OK\r\nContent-Length: ${printable}\r\n\r\n`),
  "an upgrade": onRequest(
    `HTTP/1.1 101 ${printable}\r\nUpgrade: ${printable}\r\nConnection: Upgrade\r\n\r\n`,
  ),
};

const forms = [
  "text/html",
  "application/problem+json",
  "application/json",
  "text/markdown",
  "text/plain",
] as const;

/** A gateway for every host, in front of one server. */
interface Hostile extends AsyncDisposable {
  readonly gateway: TestGateway;
}

async function startBefore(server: Server, scheme: "http" | "https"): Promise<Hostile> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    socket.on("error", () => {});
    open.add(socket.on("close", () => open.delete(socket)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const gateway = await startGatewayOn({
    zones: [{ hosts: ["*"], origins: [`${scheme}://127.0.0.1:${port}`] }],
  });
  return {
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}

/** Elements of a page of ours; nothing else may stand in one. */
const elements = new Set(
  "html head meta title style body main h1 h2 span p strong ol ul li b table tbody tr th td pre code footer time i em".split(
    " ",
  ),
);

/** What is wrong with an answer, whatever its form; empty if nothing is. */
function faultsOf(response: RawResponse, form: string): string[] {
  const body = response.body.toString();
  const head = response.bytes.toString("latin1", 0, response.bytes.indexOf("\r\n\r\n"));
  const faults = head
    .split("\r\n")
    .slice(1)
    .filter((line) => !/^[A-Za-z-]+: [\u0020-\u007e]*$/.test(line))
    .map((line) => `field: ${line}`);
  if (response.ending !== "complete" || response.status < 500)
    faults.push(`not an error of the edge: ${response.status} ${response.ending}`);
  if (/set-cookie/i.test(head)) faults.push("an injected field");
  const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.exec(body);
  if (control !== null) faults.push(`a control character: ${JSON.stringify(control[0])}`);
  return [...faults, ...formFaultsOf(body, form)];
}

function formFaultsOf(body: string, form: string): string[] {
  switch (form) {
    case "text/html": {
      const strange = [...body.matchAll(/<\/?([a-z][a-z0-9]*)/gi)]
        .map(([, name = ""]) => name.toLowerCase())
        .filter((name) => !elements.has(name));
      const comments = body.split("<!--").length + body.split("-->").length;
      const isHandled = /<[^>]*\son\w+\s*=/i.test(body);
      return [
        ...strange,
        ...(comments === 4 ? [] : ["a comment that ends early"]),
        ...(isHandled ? ["an event handler"] : []),
      ];
    }
    case "text/markdown": {
      const [, front = "", rest = ""] = /^---\n([^]*?)\n---\n([^]*)$/.exec(body) ?? [];
      const rows = rest
        .split("\n")
        .filter((line) => line.startsWith("|") && !/^\|[ |-]*\|$/.test(line));
      const broken = rows.filter((row) => !/^\| [^|`]* \| `[^|`]*` \|$/.test(row));
      const zone = (parse(front) as { zone?: unknown }).zone;
      return [
        ...broken,
        ...(typeof zone === "string" && rows.length > 2 ? [] : ["no front matter, or no evidence"]),
      ];
    }
    case "text/plain":
      return body.includes("Ray ID: ") ? [] : ["no ray id"];
    default:
      return typeof (JSON.parse(body) as { failure?: { evidence?: unknown } }).failure?.evidence ===
        "object"
        ? []
        : ["no evidence"];
  }
}

/** Asks in every form; says what is wrong with each answer, and how many lines the log has got. */
async function faultsInEveryForm(
  gateway: TestGateway,
  headers: [string, string][] = [],
  target = "/",
): Promise<{ faults: string[]; lines: number; messages: number }> {
  const faults: string[] = [];
  for (const form of forms) {
    const response = await gateway.get(target, [...headers, ["Accept", form]]);
    faults.push(...faultsOf(response, form).map((fault) => `${form}: ${fault}`));
    await gateway.line();
  }
  return { faults, lines: gateway.lines.length, messages: gateway.messages.length };
}

const nothingWrong = { faults: [], lines: forms.length, messages: 0 };

describe("hostile bytes of an origin", () => {
  test.each(Object.keys(answers))(
    "in %s stay text in every form, and in the log",
    async (place) => {
      await using started = await startBefore(createServer(answers[place]), "http");

      const seen = await faultsInEveryForm(started.gateway);

      expect(seen).toEqual(nothingWrong);
    },
  );

  test("on a TLS port stay text", async () => {
    await using started = await startBefore(createServer(atOnce(hostile)), "https");

    const seen = await faultsInEveryForm(started.gateway);

    expect(seen).toEqual(nothingWrong);
  });

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

  test.each([
    [
      "the transfer coding",
      onRequest(`HTTP/1.1 200 OK\r\nTransfer-Encoding: ${"x".repeat(100_000)}\r\n\r\n`),
    ],
    ["a greeting", atOnce("x".repeat(1_000_000))],
  ])("are shown in part where they are many: %s", async (_name, behaviour) => {
    await using started = await startBefore(createServer(behaviour), "http");

    const response = await started.gateway.get("/", [["Accept", "text/html"]]);

    expect(response.status).toBe(520);
    expect(response.body.length).toBeLessThan(20_000);
    expect(JSON.stringify(await started.gateway.line()).length).toBeLessThan(5_000);
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
