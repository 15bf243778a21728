// The whole zoo through one gateway: for every fault the right code and type, no crash, no hang, no connection left open.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { codes, profiles } from "../edge-codes/index.ts";
import type { Fixture } from "../fixtures/fixture.ts";
import { fixtures } from "../fixtures/index.ts";
import type { Zoo } from "../fixtures/zoo.ts";
import { startGateway, waitFor, type ZooGateway } from "./helpers/gateway.ts";
import { field, RawConnection, type RawResponse } from "./helpers/raw-client.ts";

/** Longer than elsewhere: many are asked at the same time, and what works must not fail because the machine is busy. */
const timeouts = {
  dnsMs: 2_000,
  connectMs: 2_000,
  handshakeMs: 2_000,
  responseMs: 3_000,
  bodyIdleMs: 2_000,
  writeMs: 2_000,
};

let zoo: Zoo;
let gateway: ZooGateway;

beforeAll(async () => {
  gateway = await startGateway({ fixtures, timeouts });
  zoo = gateway.zoo;
});

afterAll(async () => {
  await gateway.close();
});

/** Sends what the fixture wants to be sent; the last response counts. */
async function ask(fixture: Fixture): Promise<RawResponse> {
  const {
    method = "GET",
    headers = [],
    bodyBytes = 0,
    times = 1,
    pauseMs = 20,
  } = fixture.request ?? {};
  let connection = new RawConnection(gateway.port);
  try {
    for (let count = 1; ; count += 1) {
      const response = await connection.request({
        method,
        bodyBytes,
        headers: [["Host", `${fixture.name}.test`], ...headers],
      });
      if (count === times) return response;
      if (field(response, "connection") === "close" || response.ending !== "complete") {
        connection.close();
        connection = new RawConnection(gateway.port);
      }
      await new Promise((resolve) => {
        setTimeout(resolve, pauseMs);
      });
    }
  } finally {
    connection.close();
  }
}

describe.concurrent("the whole zoo", () => {
  test.each(
    fixtures
      .filter((fixture) => fixture.needs !== "network-namespace")
      .map((fixture) => [fixture.name, fixture] as const),
  )("%s is judged right", async (name, fixture) => {
    if (zoo.leftOut.some((left) => left.fixture === fixture)) return;
    const { expects } = fixture;

    const response = await ask(fixture);

    const line = await waitFor(
      () => gateway.lines.findLast((entry) => entry["host"] === `${name}.test`),
      "no access line",
    );
    const seen = {
      status: response.status,
      ending: response.ending,
      failure: line["failure"],
      late: line["late"],
      ...("reason" in expects && { reason: line["reason"] }),
    };
    if ("status" in expects) {
      expect(seen).toEqual({
        status: expects.status,
        ending: "complete",
        failure: null,
        late: false,
      });
    } else {
      const { failure, reason, late = false } = expects;
      const status = late ? seen.status : codes[profiles.cloudflare.codes[failure]].status;
      const wanted = {
        status,
        ending: late ? "truncated" : "complete",
        failure,
        late,
        ...(reason !== undefined && { reason }),
      };
      expect(seen, JSON.stringify(line)).toEqual(wanted);
      if (!late) expect(field(response, "proxy-status")).toContain(`edgecase; error=${failure}`);
      const member = zoo.members.find((one) => one.fixture === fixture);
      await waitFor(
        () => (member?.started.openConnections?.() ?? 0) === 0,
        `${name} still has a connection open`,
        6_000, // A stream fails, and its connection is kept.
      );
    }
  });
});

test("nothing that the zoo does is the gateway's own fault", () => {
  expect(gateway.messages).toEqual([]);
});
