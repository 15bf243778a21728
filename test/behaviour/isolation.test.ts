import { expect, test } from "vitest";

import { startGateway } from "../helpers/gateway.ts";

test("resolvers that hang do not hold up a zone whose resolver works", async () => {
  await using gateway = await startGateway({
    fixtures: ["resolver-never-answers", "cname-chain"],
    timeouts: { dnsMs: 1_500 },
  });
  const hanging = Array.from({ length: 20 }, () =>
    gateway.request({ host: "resolver-never-answers.test" }),
  );
  const startedAt = performance.now();

  const response = await gateway.request({ host: "cname-chain.test" });

  expect(response.status).toBe(200);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect((await Promise.all(hanging)).map(({ status }) => status)).toEqual(
    Array.from({ length: 20 }, () => 523),
  );
});
