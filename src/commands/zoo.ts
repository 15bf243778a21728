// `edgecase zoo`: the broken origins alone, for other gateways and clients to be tried on.

import closeWithGrace from "close-with-grace";

import type { Expectation } from "../../fixtures/fixture.ts";
import { startZoo } from "../../fixtures/zoo.ts";

/** Starts the zoo, prints a table of fault, address and expected failure, and stays until the process ends. */
export async function zoo(options: { json?: boolean }): Promise<void> {
  const running = await startZoo();
  closeWithGrace({ delay: 5_000 }, () => running.close());

  const rows = running.members.map(({ fixture, started }) => ({
    fault: fixture.name,
    phase: fixture.phase,
    origins: [started.origin, ...(started.moreOrigins ?? [])],
    expects: fixture.expects,
    summary: fixture.summary,
    ...(fixture.zone !== undefined && { zone: fixture.zone }),
  }));
  if (options.json === true) {
    process.stdout.write(
      `${JSON.stringify({ resolver: running.dnsServer, hostName: running.hostName, rootPem: running.rootPem, origins: rows })}\n`,
    );
    return;
  }
  const [nameWidth, originWidth] = [Math.max(...rows.map(({ fault }) => fault.length)), 44];
  for (const { fault, phase, origins, expects } of rows) {
    process.stdout.write(
      `${phase.padEnd(4)} ${fault.padEnd(nameWidth)} ${origins.join(" ").padEnd(originWidth)} ${describe(expects)}\n`,
    );
  }
  process.stderr.write(
    `edgecase: ${rows.length} origins; their names resolve at ${running.dnsServer}\n`,
  );
  for (const { fixture, why } of running.leftOut)
    process.stderr.write(`edgecase: without ${fixture.name}: ${why}\n`);
}

function describe(expects: Expectation): string {
  if ("status" in expects) return `${expects.status}`;
  return `${expects.failure}${expects.reason === undefined ? "" : `/${expects.reason}`}${expects.late === true ? " (late)" : ""}`;
}
