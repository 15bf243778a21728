// What Node's parser (llhttp) makes of the bytes of a response, to compare: where two readers differ, one of them is wrong.

import { request } from "node:http";
import { Duplex } from "node:stream";

/** What it told. */
export interface NodesStory {
  readonly content: string;
  readonly isWhole: boolean;
  readonly isRefused: boolean;
}

/** Node limits what several sections, or all extensions of chunks, have together. */
const nodesLimit = 16_000;

/**
 * Where our reader differs: on purpose (docs/decisions/0010-how-strict-is-the-parser.md), in what is wrong for either but not at the same
 * byte, and in what `responseHead` refuses later.
 */
export function isMeantToDiffer(bytes: string): boolean {
  const lengths = bytes.match(/content-length/gi)?.length ?? 0;
  return (
    lengths > 1 ||
    bytes.length > nodesLimit ||
    /HTTP\/(?:0\.9|2\.0)/.test(bytes) ||
    /\r(?!\n)|\t|content-length: *\r|;;|transfer-encoding: *,|^HTTP\/1.0 103|^HTTP\/1.1 103[^]*connection/i.test(
      bytes,
    )
  );
}

/** Has Node's client read the bytes, over a connection that stays open. */
export function askNode(bytes: string): Promise<NodesStory> {
  return new Promise((resolve) => {
    let content = "";
    let isWhole = false;
    const connection = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    const req = request({ createConnection: () => connection, headers: { host: "a" } });
    const settle = (isRefused: boolean): void => {
      resolve({ content, isWhole, isRefused });
      req.destroy();
    };
    req.on("error", () => settle(!isWhole));
    req.on("response", (res) => {
      res.on("data", (piece: Buffer) => {
        content += piece.toString("latin1");
      });
      res.on("end", () => {
        isWhole = true;
      });
      res.on("error", () => {});
    });
    req.on("finish", () => {
      connection.push(Buffer.from(bytes, "latin1"));
      setImmediate(() => setImmediate(() => settle(false)));
    });
    req.end();
  });
}
