// An edge that answers before it has read the request must still be heard, and must still count what it said.

import { connect } from "node:net";

import { describe, expect, test } from "vitest";

import { startGateway } from "../helpers/gateway.ts";
import { RawConnection } from "../helpers/raw-client.ts";

/** Far more than the kernel's buffers between client and gateway hold. */
const bodyBytes = 20_000_000;

/** Origins that fail while the upload is under way, and what the client is told. */
const failures = [
  ["refused", "connection_refused", 521],
  ["closes-during-upload", "connection_terminated", 520],
  ["resets-during-upload", "connection_terminated", 520],
  ["never-reads-upload", "connection_write_timeout", 524],
] as const;

/** Sends a whole upload before it reads anything, as simple clients do; says how sending went, and what came back. */
async function uploadThenRead(
  port: number,
  host: string,
): Promise<{ sending: string; answer: string }> {
  const socket = connect(port, "127.0.0.1");
  socket.pause();
  const closed = new Promise((resolve) => {
    socket.on("close", resolve);
  });
  let answer = "";
  socket.on("error", () => {});
  const sending = await new Promise<string>((resolve) => {
    socket.write(`POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${bodyBytes}\r\n\r\n`);
    socket.write(Buffer.alloc(bodyBytes, "x"), (error: NodeJS.ErrnoException | null | undefined) =>
      resolve(error?.code ?? "all sent"),
    );
  });
  socket.on("data", (bytes) => {
    answer += bytes.toString("latin1");
    socket.end();
  });
  socket.resume();
  await closed;
  return { sending, answer: answer.slice(0, "HTTP/1.1 520".length) };
}

describe("a failure in the middle of an upload", () => {
  test.each(failures)(
    "%s is counted as %s when the client leaves with the whole answer",
    async (fixture, failure, status) => {
      await using gateway = await startGateway({ fixtures: [fixture], timeouts: { writeMs: 150 } });
      const client = new RawConnection(gateway.port);

      const response = await client.request({
        method: "POST",
        bodyBytes,
        headers: [["Host", `${fixture}.test`]],
      });
      client.close();

      expect(response).toMatchObject({ status, ending: "complete" });
      expect(await gateway.line()).toMatchObject({ status, failure });
      expect(await gateway.metric("edgecase_failures_total", { failure })).toBe(1);
    },
  );

  test.each(failures)(
    "%s, %s, is told to a client that reads nothing until it has sent everything",
    async (fixture, _failure, status) => {
      await using gateway = await startGateway({ fixtures: [fixture], timeouts: { writeMs: 150 } });

      const upload = await uploadThenRead(gateway.port, `${fixture}.test`);

      expect(upload).toEqual({ sending: "all sent", answer: `HTTP/1.1 ${status}` });
    },
  );

  test.each(failures)(
    "%s, %s, is recorded when it is over, not after a wait for the rest of the upload",
    async (fixture, _failure, status) => {
      await using gateway = await startGateway({ fixtures: [fixture], timeouts: { writeMs: 150 } });
      const client = new RawConnection(gateway.port);

      await client.request({ method: "POST", bodyBytes, headers: [["Host", `${fixture}.test`]] });

      const { status: recorded, totalMs } = await gateway.line();
      client.close();
      expect(recorded).toBe(status);
      expect(totalMs).toBeLessThan(1_000);
    },
  );
});
