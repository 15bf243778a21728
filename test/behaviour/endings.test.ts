// How a response may end, and who may leave before: none of it may take the gateway down, hang, or pass a part off as the whole.

import { gzipSync } from "node:zlib";

import { describe, expect, test } from "vitest";

import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { startOrigin } from "../helpers/origin.ts";

const plain = Buffer.from("hello ".repeat(2_000));
const heads = {
  "HTTP/1.0": "HTTP/1.0 200 OK\r\n",
  "Connection: close": "HTTP/1.1 200 OK\r\nConnection: close\r\n",
};
const contents = {
  plain: { fields: "", bytes: plain },
  gzip: { fields: "Content-Encoding: gzip\r\n", bytes: gzipSync(plain) },
};
const cases = Object.entries(heads).flatMap(([head, start]) =>
  Object.entries(contents).map(
    ([coding, { fields, bytes }]) =>
      [`${head}, ${coding}`, `${start}${fields}\r\n`, bytes] as const,
  ),
);

describe.each(cases)("a close-delimited response (%s)", (_name, head, bytes) => {
  test("ended by FIN is complete", async () => {
    await using origin = await startOrigin((socket) => {
      socket.write(head);
      socket.end(bytes);
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const response = await gateway.get();

    expect([response.status, response.ending, response.body.equals(bytes)]).toEqual([
      200,
      "complete",
      true,
    ]);
    expect(await gateway.line()).toMatchObject({ status: 200, failure: null });
  });

  test("ended by RST is cut", async () => {
    await using origin = await startOrigin((socket) => {
      socket.write(head);
      socket.write(bytes.subarray(0, 100), () => setTimeout(() => socket.resetAndDestroy(), 50));
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const response = await gateway.get();

    expect([response.status, response.ending]).toEqual([200, "truncated"]);
    expect(await gateway.line()).toMatchObject({ failure: "http_response_incomplete", late: true });
  });

  test("that stalls is cut", async () => {
    await using origin = await startOrigin((socket) => {
      socket.write(head);
      socket.write(bytes.subarray(0, 100));
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
      timeouts: { bodyIdleMs: 200 },
    });

    const response = await gateway.get();

    expect([response.status, response.ending]).toEqual([200, "truncated"]);
    expect(await gateway.line()).toMatchObject({ reason: "stalled", late: true });
    await waitFor(() => origin.open.size === 0, "the origin's connection is still open");
  });

  test("whose client leaves is a 499, and its connection closed", async () => {
    await using origin = await startOrigin((socket) => {
      socket.write(head);
      socket.write(bytes.subarray(0, 100));
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });
    const client = gateway.connect();
    client.send("GET / HTTP/1.1\r\nHost: any.test\r\n\r\n");
    await waitFor(() => client.socket.bytesRead > 100, "no answer");

    client.close();

    expect(await gateway.line()).toMatchObject({ status: 499, failure: null });
    await waitFor(() => origin.open.size === 0, "the origin's connection is still open");
  });

  test("to a client that reads slowly is complete", async () => {
    const many = Buffer.concat(Array.from({ length: 200 }, () => plain));
    const big = head.includes("gzip") ? gzipSync(many, { level: 0 }) : many;
    await using origin = await startOrigin((socket) => {
      socket.write(head);
      socket.end(big);
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });
    const client = gateway.connect();
    const slow = setInterval(() => {
      client.socket.resume();
      setTimeout(() => client.socket.pause(), 1);
    }, 10);

    const response = await client.request({ headers: [["Host", "any.test"]] });
    clearInterval(slow);
    client.close();

    expect([response.ending, response.body.equals(big)]).toEqual(["complete", true]);
  });
});

describe("a response that is good", () => {
  test.each([
    ["gzip and zero padding", Buffer.concat([gzipSync(plain), Buffer.alloc(64)]), "gzip"],
    ["gzip twice over", Buffer.concat([gzipSync(plain), gzipSync(plain)]), "gzip"],
  ])("passes: %s", async (_name, bytes, coding) => {
    await using origin = await startOrigin((socket) => {
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${bytes.length}\r\n\r\n`,
      );
      socket.write(bytes);
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const response = await gateway.get();

    expect([response.ending, response.body.equals(bytes)]).toEqual(["complete", true]);
  });

  test.each([
    ["GET", "1.1", "HTTP/1.1 200 OK\r\nTrailer: X-A\r\nContent-Length: 2\r\n\r\nhi"],
    ["GET", "1.1", "HTTP/1.1 204 No Content\r\nTrailer: X-A\r\n\r\n"],
    ["HEAD", "1.1", "HTTP/1.1 200 OK\r\nTrailer: X-A\r\nTransfer-Encoding: chunked\r\n\r\n"],
    [
      "GET",
      "1.0",
      "HTTP/1.1 200 OK\r\nTrailer: X-A\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-A: 1\r\n\r\n",
    ],
  ] as const)(
    "passes although it announces trailers that cannot be sent: %s, HTTP/%s",
    async (method, version, bytes) => {
      await using origin = await startOrigin((socket) => socket.write(bytes));
      await using gateway = await startGatewayOn({
        zones: [{ hosts: ["*"], origins: [origin.url] }],
      });

      const response = await gateway.request({ method, version });

      expect([response.status, response.ending]).toEqual([
        Number(/ (\d+)/.exec(bytes)?.[1]),
        "complete",
      ]);
      expect(await gateway.line()).toMatchObject({ failure: null });
    },
  );
});

describe("a request", () => {
  test.each(["Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Content-Length: 00\r\n\r\n"])(
    "whose body has no byte (%j) is answered on a kept connection",
    async (rest) => {
      await using origin = await startOrigin((socket) =>
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
      );
      await using gateway = await startGatewayOn({
        zones: [{ hosts: ["*"], origins: [origin.url] }],
      });
      await gateway.get();
      const client = gateway.connect();
      let received = "";
      client.socket.on("data", (bytes) => {
        received += bytes.toString();
      });

      client.send(`POST / HTTP/1.1\r\nHost: any.test\r\n${rest}`);

      expect(
        await waitFor(() => received.includes("\r\n") && received.split("\r\n", 1)[0], "no answer"),
      ).toBe("HTTP/1.1 200 OK");
      client.close();
    },
  );

  test("with thousands of fields loses none of them", async () => {
    await using origin = await startOrigin((socket) =>
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
    );
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });
    const headers = Array.from({ length: 2_500 }, (_, index) => [`x${index}`, "1"] as const);

    await gateway.request({
      method: "POST",
      bodyBytes: 2,
      headers: [...headers, ["Authorization", "secret"]],
    });

    expect(origin.heads[0]).toMatch(/\r\nx2499: 1\r\n/);
    expect(origin.heads[0]).toMatch(/\r\nAuthorization: secret\r\n/);
    expect(origin.heads[0]).toMatch(/content-length: 2/);
  });
});

test("closing waits for what is under way, and not for connections that idle", async () => {
  await using origin = await startOrigin((socket) => {
    setTimeout(() => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"), 300);
  });
  const gateway = await startGatewayOn({ zones: [{ hosts: ["*"], origins: [origin.url] }] });
  const client = gateway.connect();
  const asked = client.request({ headers: [["Host", "any.test"]] });
  await waitFor(() => origin.heads.length === 1, "the request did not arrive");
  const startedAt = performance.now();

  await gateway.gateway.close(5_000);

  expect((await asked).status).toBe(200);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect(gateway.lines).toHaveLength(1);
});
