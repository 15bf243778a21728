// Answers of the edge that show bytes of others: whether those stay text, in every form that an answer can have.

import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";

import { parse } from "yaml";

import { startGatewayOn, type TestGateway } from "./gateway.ts";
import type { RawResponse } from "./raw-client.ts";

/** Everything that ends something: an element, an attribute, a comment, a cell, a span, a line, a terminal's patience. */
export const hostile =
  "<script>alert(1)</script>\"'`|--><!--</td></title>&lt;\\\u0000\u001b[31m\u0007\u009b32m\u00ff";
/** Those of them that are printable. */
export const printable = "<script>alert(1)</script>\"'`|--><!--</td></title>&lt;\\";

/** What an origin does with a connection. */
export type Behaviour = (socket: Socket) => void;

/** Says it to whoever connects. */
export const atOnce =
  (bytes: string): Behaviour =>
  (socket) =>
    void socket.end(Buffer.from(bytes, "latin1"));

const forms = [
  "text/html",
  "application/problem+json",
  "application/json",
  "text/markdown",
  "text/plain",
] as const;

/** A gateway for every host, in front of one server. */
export interface Hostile extends AsyncDisposable {
  readonly gateway: TestGateway;
}

/** Starts a gateway in front of a server. */
export async function startBefore(server: Server, scheme: "http" | "https"): Promise<Hostile> {
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
export async function faultsInEveryForm(
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

/** What it comes to where nothing is wrong. */
export const nothingWrong = { faults: [], lines: forms.length, messages: 0 };
