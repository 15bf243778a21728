// Requests with a body that comes in pieces.

import { request } from "node:http";

/** How a body is sent. */
export interface UploadOptions {
  readonly headers?: Record<string, string>;
  /** Called before each piece. */
  readonly between?: (index: number) => Promise<unknown>;
}

/** Bytes that say where they belong. */
export function content(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let index = 0; index < length; index += 1) bytes[index] = index * 7 + (index >> 8);
  return bytes;
}

/** Sends a body piece by piece; each waits for its turn. Resolves with the status. */
export async function upload(
  { port }: { readonly port: number },
  method: string,
  pieces: readonly Buffer[],
  { headers = {}, between = async () => {} }: UploadOptions = {},
): Promise<number> {
  let answer = 0;
  const req = request({ port, method, headers: { host: "any.test", ...headers } });
  const answered = new Promise<number>((resolve, reject) => {
    req.on("error", reject);
    req.on("response", (res) => {
      answer = res.statusCode ?? 0;
      res.resume().on("end", () => resolve(answer));
    });
  });
  req.flushHeaders();
  for (const [index, piece] of pieces.entries()) {
    await between(index);
    if (answer !== 0) break;
    req.write(piece);
  }
  req.end();
  return answered;
}
