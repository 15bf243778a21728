// Faults that need routes of one's own: run inside the namespace that fixtures/namespace.sh makes.

import { afterAll, beforeAll, expect, test } from "vitest";

import { codes, profiles } from "../../edge-codes/index.ts";
import { fixtures } from "../../fixtures/index.ts";
import { startZoo, type Zoo } from "../../fixtures/zoo.ts";
import { startGatewayOn, type TestGateway } from "../helpers/gateway.ts";

const members = fixtures.filter((fixture) => fixture.needs === "network-namespace");

let zoo: Zoo;
let gateway: TestGateway;

beforeAll(async () => {
  zoo = await startZoo({ namespace: true, only: (fixture) => members.includes(fixture) });
  gateway = await startGatewayOn({
    zones: zoo.members.map(({ fixture, started }) => ({
      hosts: [`${fixture.name}.test`],
      origins: [started.origin],
    })),
  });
});

afterAll(async () => {
  await gateway.close();
  await zoo.close();
});

test.each(members.map((fixture) => [fixture.name, fixture] as const))(
  "%s is judged right",
  async (name, { expects }) => {
    if ("status" in expects) throw new Error("not a fault");

    const response = await gateway.request({ host: `${name}.test` });

    const line = await gateway.line((entry) => entry["host"] === `${name}.test`);
    expect(response.status).toBe(codes[profiles.cloudflare.codes[expects.failure]].status);
    expect(line).toMatchObject({
      failure: expects.failure,
      ...(expects.reason && { reason: expects.reason }),
    });
  },
);
