// The second dashboard: the origins, how they are reached, and which of them serve.

import type { PanelSpec } from "./panel.ts";
import { helpOf, increaseOf, quantileOf, rateOf, valueOf } from "./query.ts";

const phases = "edgecase_origin_phase_duration_seconds";
const connections = "edgecase_origin_connections";
const failures = "edgecase_failures_total";
const pools = "edgecase_pool_healthy";
const origins = "edgecase_origin_healthy";
const checks = "edgecase_health_checks_total";
const ejections = "edgecase_origin_ejections_total";
const retries = "edgecase_retries_total";
const injected = "edgecase_injected_requests_total";
const expiry = "edgecase_origin_certificate_expiry_timestamp_seconds";
const reloads = "edgecase_config_reloads_total";
const lastReload = "edgecase_config_last_reload_successful";
const lastGoodReload = "edgecase_config_last_reload_success_timestamp_seconds";

/** By row. */
export const originsPanels: Readonly<Record<string, readonly PanelSpec[]>> = {
  "The way there": [
    {
      title: "Steps, half of them within",
      description: `${helpOf(phases)} A kept connection takes no dns, tcp and tls.`,
      kind: "lines",
      unit: "s",
      queries: [[quantileOf(0.5, phases, ["phase"]), "{{phase}}"]],
      width: 12,
    },
    {
      title: "Steps, 95 % of them within",
      description: `${helpOf(phases)} A kept connection takes no dns, tcp and tls.`,
      kind: "lines",
      unit: "s",
      queries: [[quantileOf(0.95, phases, ["phase"]), "{{phase}}"]],
      width: 12,
    },
    {
      title: "Connections by state",
      description: `${helpOf(connections)} queued: requests that wait for one.`,
      kind: "lines",
      unit: "short",
      queries: [[valueOf(connections, ["state"]), "{{state}}"]],
      width: 8,
    },
    {
      title: "Connections by origin",
      description: "The ten origins with the most connections in use.",
      kind: "lines",
      unit: "short",
      queries: [
        [
          `topk(10, ${valueOf(connections, ["zone", "origin"], { state: '=~"active|idle"' })})`,
          "{{zone}} {{origin}}",
        ],
      ],
      width: 8,
    },
    {
      title: "Failures by origin",
      description: helpOf(failures),
      kind: "lines",
      unit: "reqps",
      queries: [
        [
          `topk(10, ${rateOf(failures, ["zone", "origin"], { origin: '!=""' })} > 0)`,
          "{{zone}} {{origin}}",
        ],
      ],
      width: 8,
    },
  ],
  Pools: [
    {
      title: "Is the pool healthy?",
      description: helpOf(pools),
      kind: "states",
      unit: "short",
      queries: [[valueOf(pools, ["zone", "pool"]), "{{zone}} {{pool}}"]],
      width: 12,
    },
    {
      title: "Is the origin healthy?",
      description: helpOf(origins),
      kind: "states",
      unit: "short",
      queries: [[valueOf(origins, ["zone", "pool", "origin"]), "{{zone}} {{pool}} {{origin}}"]],
      width: 12,
    },
    {
      title: "Checks by result",
      description: helpOf(checks),
      kind: "bars",
      unit: "cps",
      queries: [[rateOf(checks, ["result"]), "{{result}}"]],
      width: 8,
    },
    {
      title: "Why checks failed",
      description: "In the time shown, in the words of a request's failure.",
      kind: "table",
      unit: "short",
      queries: [
        [
          `${increaseOf(checks, ["origin", "failure", "reason"], { failure: '!=""' })} > 0`,
          "{{origin}} {{failure}} {{reason}}",
        ],
      ],
      width: 8,
    },
    {
      title: "Taken out for failed requests",
      description: helpOf(ejections),
      kind: "lines",
      unit: "cps",
      queries: [[`${rateOf(ejections, ["zone", "origin"])} > 0`, "{{zone}} {{origin}}"]],
      width: 8,
    },
    {
      title: "Sent again",
      description: `${helpOf(retries)} over_budget: these were not.`,
      kind: "bars",
      unit: "reqps",
      queries: [[`${rateOf(retries, ["kind"])} > 0`, "{{kind}}"]],
      width: 12,
    },
    {
      title: "Faults injected",
      description: helpOf(injected),
      kind: "bars",
      unit: "reqps",
      queries: [[`${rateOf(injected, ["fault"])} > 0`, "{{fault}}"]],
      width: 12,
    },
  ],
  "Certificates and configuration": [
    {
      title: "Certificates expire in",
      description: `${helpOf(expiry)} The fifty nearest.`,
      kind: "table",
      unit: "s",
      queries: [
        [
          `bottomk(50, min by (zone, origin) (${expiry}{zone=~"$zone"}) - time())`,
          "{{zone}} {{origin}}",
        ],
      ],
      width: 8,
    },
    {
      title: "Configuration reloads",
      description: helpOf(reloads),
      kind: "bars",
      unit: "short",
      queries: [[increaseOf(reloads, ["result"]), "{{result}}"]],
      width: 8,
    },
    {
      title: "Was the last reload sound?",
      description: helpOf(lastReload),
      kind: "states",
      unit: "short",
      queries: [[`min(${lastReload})`, "configuration"]],
      width: 4,
    },
    {
      title: "Since the last good reload",
      description: `${helpOf(lastGoodReload)} A start counts, too; the longest of all gateways.`,
      kind: "number",
      unit: "s",
      queries: [[`time() - min(${lastGoodReload})`, "configuration"]],
      width: 4,
    },
  ],
};
