// docs/metrics.md's table of how many series there can be: each label's number of values, multiplied.

import { checkFindings } from "../../edge-codes/check-findings.ts";
import { reasons } from "../../edge-codes/index.ts";
import { catalogue } from "../../fixtures/catalogue.ts";
import { codesOf, compileProfiles } from "../../src/map/profile.ts";
import { bucketSeconds } from "../../src/record/histogram.ts";
import { knownStatuses } from "../../src/record/statuses.ts";
import { methods, phases } from "../../src/record/zone-counts.ts";
import { table } from "./markdown.ts";

/** The classes of a status, 1xx to 5xx, an origin that sends another number having sent no HTTP; and no status at all. */
const statusClasses = 6;
/** Its buckets with the one that has no bound, its sum and its count. */
const perHistogram = bucketSeconds.length + 3;
const connectionStates = 4;
const retryKinds = 3;
/** The one finding with reasons, a check of one's own, has said no, thrown, not answered, or not been there. */
const customCheckReasons = 4;

const statuses = knownStatuses.length + statusClasses;
const codes = codesOf(compileProfiles({})).length;
/** Every type without a reason, and with each of its reasons. */
const failures = Object.values(reasons).reduce<number>(
  (sum, row) => sum + 1 + Object.keys(row).length,
  0,
);

/** Broken origins, responses that are cut or stall, and the edge's own two. */
const faults = Object.keys(catalogue).length + 4;

/** A success, a failure as requests have them, or a finding of checks alone. */
const checkEndings = 1 + failures + Object.keys(checkFindings).length - 1 + customCheckReasons;

/** How many zones, pools and origins a configuration has. An origin counts once for each pool that it is in. */
export interface Size {
  readonly zones: number;
  readonly pools: number;
  readonly origins: number;
}

/** By metric: the most series that it can have, in words and in numbers. */
const bounds: Readonly<Record<string, readonly [words: string, most: (size: Size) => number]>> = {
  edgecase_requests_total: [
    `(zones + 1) × ${methods.length} methods × ${statuses} statuses, and those of rules and profiles of your own`,
    ({ zones }) => (zones + 1) * methods.length * statuses,
  ],
  edgecase_errors_total: [
    `(zones + 1) × ${codes} codes, and those of profiles of your own`,
    ({ zones }) => (zones + 1) * codes,
  ],
  edgecase_failures_total: [
    `(origins + zones + 1) × ${failures} failures with their reasons × 2, and those of faults injected`,
    ({ zones, origins }) => (origins + zones + 1) * failures * 2,
  ],
  edgecase_request_duration_seconds: [
    `(zones + 1) × ${perHistogram}`,
    ({ zones }) => (zones + 1) * perHistogram,
  ],
  edgecase_origin_phase_duration_seconds: [
    `(zones + 1) × ${phases.length} phases × ${perHistogram}`,
    ({ zones }) => (zones + 1) * phases.length * perHistogram,
  ],
  edgecase_origin_connections: [
    `origins × ${connectionStates} states`,
    ({ origins }) => origins * connectionStates,
  ],
  edgecase_origin_healthy: ["origins", ({ origins }) => origins],
  edgecase_pool_healthy: ["pools", ({ pools }) => pools],
  edgecase_health_checks_total: [
    `origins × ${checkEndings} successes, failures and findings with their reasons`,
    ({ origins }) => origins * checkEndings,
  ],
  edgecase_origin_ejections_total: ["origins", ({ origins }) => origins],
  edgecase_retries_total: [`zones × ${retryKinds} kinds`, ({ zones }) => zones * retryKinds],
  edgecase_injected_requests_total: [
    `zones × ${faults} faults, of which each that was injected is one`,
    ({ zones }) => zones * faults,
  ],
  edgecase_origin_certificate_expiry_timestamp_seconds: ["origins", ({ origins }) => origins],
  edgecase_requests_under_way: ["1", () => 1],
  edgecase_client_connections: ["1", () => 1],
  edgecase_client_connections_dropped_total: ["1", () => 1],
  edgecase_event_loop_lag_seconds: ["1", () => 1],
  edgecase_log_lines_total: ["3 results", () => 3],
  edgecase_config_reloads_total: ["2 results", () => 2],
  edgecase_config_last_reload_successful: ["1", () => 1],
  edgecase_config_last_reload_success_timestamp_seconds: ["1", () => 1],
  edgecase_build_info: ["1", () => 1],
};

/** The most series that each metric can have. */
export function seriesBounds(size: Size): ReadonlyMap<string, number> {
  return new Map(Object.entries(bounds).map(([name, [, most]]) => [name, most(size)]));
}

/** The table in Markdown, with one zone of one pool of one origin as the example. */
export function seriesTable(): string {
  const rows = Object.entries(bounds).map(([name, [words, most]]) => [
    `\`${name}\``,
    words,
    String(most({ zones: 1, pools: 1, origins: 1 })),
  ]);
  return table(["metric", "at most", "1 zone, 1 origin"], rows);
}
