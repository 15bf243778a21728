// Requests that hide another one: what has to become of them, whatever the trick.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startGatewayOn, type TestGateway, waitFor } from "./gateway.ts";
import { ok, startOrigin, type TestOrigin } from "./origin.ts";
import { provoke } from "./provoke.ts";

/** The request that is to be smuggled, and the same behind the end of a chunked body. */
export const inner = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
export const chunkedInner = `0\r\n\r\n${inner}`;

/** A head's fields, with the CRLF between them, and what comes behind the head. */
export type Attempt = readonly [what: string, fields: string, body: string];

/** What an attempt is more than that. */
export interface AttemptOptions {
  readonly version?: "1.0" | "1.1";
  /** As it may be answered. */
  readonly statuses?: readonly number[];
}

/** Declares a test for each attempt: it is refused whole, its connection is closed, and the origin sees nothing of it. */
export function testRefusals(
  title: string,
  attempts: readonly Attempt[],
  { version = "1.1", statuses = [400, 501] }: AttemptOptions = {},
): void {
  let origin: TestOrigin;
  let gateway: TestGateway;

  // oxlint-disable-next-line vitest/valid-title -- It is a string, whoever says it.
  describe(title, () => {
    beforeAll(async () => {
      origin = await startOrigin((socket) => socket.write(ok()));
      gateway = await startGatewayOn({ zones: [{ hosts: ["*"], origins: [origin.url] }] });
    });
    afterAll(async () => {
      await gateway.close();
      await origin[Symbol.asyncDispose]();
    });

    test.each(attempts)("(%s) is refused whole, and the connection closed", async (...attempt) => {
      const [, fields, body] = attempt;
      const before = gateway.lines.length;
      const head = `POST /outer HTTP/${version}\r\nHost: a\r\n${fields}\r\n\r\n`;

      const told = await provoke(gateway.port, head + body, { ends: true });
      await waitFor(() => gateway.lines.length > before, "it has no line");

      expect(told.statuses).toHaveLength(1);
      expect(statuses).toContain(told.statuses[0]);
      expect(gateway.lines.slice(before)).toEqual([
        expect.objectContaining({ failure: "http_request_error", status: told.statuses[0] }),
      ]);
      expect(origin.heads.filter((sent) => sent.includes("/smuggled"))).toEqual([]);
    });
  });
}

/** Sends bytes over one connection; resolves with the paths that came to an origin, and how many answers came back. */
export async function pathsOf(
  bytes: string,
  config: { readonly answers?: number } = {},
): Promise<{ readonly paths: string[]; readonly statuses: readonly number[] }> {
  const { answers = 1 } = config;
  await using origin = await startOrigin((socket) => socket.write(ok()));
  await using gateway = await startGatewayOn({ zones: [{ hosts: ["*"], origins: [origin.url] }] });
  const connection = gateway.connect();
  connection.send(Buffer.from(bytes, "latin1"));
  const statuses: number[] = [];
  for (let count = 0; count < answers; count += 1) statuses.push((await connection.read()).status);
  await waitFor(() => gateway.lines.length >= answers, "a line is missing");
  connection.close();
  return { paths: origin.heads.map((head) => head.split(" ", 2)[1] ?? ""), statuses };
}
