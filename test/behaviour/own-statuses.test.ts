import { describe, expect, test } from "vitest";

import { ownStatuses } from "../../fixtures/http/own-statuses.ts";
import { startGateway } from "../helpers/gateway.ts";
import { field } from "../helpers/raw-client.ts";

describe("a status of the origin's own", () => {
  test("is passed through once, never retried, and is no failure of the edge", async () => {
    await using gateway = await startGateway({ fixtures: ownStatuses });

    const answers = await Promise.all(
      ownStatuses.map(async (fixture) => ({
        fixture,
        response: await gateway.request({ host: `${fixture.name}.test` }),
      })),
    );

    const statuses = answers.map(({ response }) => ({ status: response.status }));
    expect(statuses).toEqual(ownStatuses.map(({ expects }) => expects));
    expect(ownStatuses.map(({ name }) => gateway.requestsSeen(name))).toEqual(
      ownStatuses.map(() => 1),
    );
    expect(answers.filter(({ response }) => field(response, "proxy-status") !== undefined)).toEqual(
      [],
    );
    expect(await gateway.metric("edgecase_failures_total")).toBe(0);
    expect(await gateway.metric("edgecase_errors_total")).toBe(0);
  });
});
