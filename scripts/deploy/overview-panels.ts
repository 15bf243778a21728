// The first dashboard: which codes clients get, how often, and what lies behind them.

import { capacityPanels } from "./capacity-panels.ts";
import type { PanelSpec } from "./panel.ts";
import { helpOf, increaseOf, quantileOf, rateOf, valueOf } from "./query.ts";

const requests = "edgecase_requests_total";
const errors = "edgecase_errors_total";
const failures = "edgecase_failures_total";
const duration = "edgecase_request_duration_seconds";
const logLines = "edgecase_log_lines_total";
const build = "edgecase_build_info";

/** By row. */
export const overviewPanels: Readonly<Record<string, readonly PanelSpec[]>> = {
  Now: [
    {
      title: "Gateways",
      description: "Gateways that answer Prometheus, by version. `up` is Prometheus' own.",
      kind: "number",
      unit: "short",
      queries: [[valueOf(build, ["version", "node"]), "{{version}}, Node {{node}}"]],
      width: 4,
    },
    {
      title: "Gateways down",
      description: "Targets of Prometheus that do not answer it.",
      kind: "number",
      unit: "short",
      queries: [['count(up{job="edgecase"} == 0) or vector(0)', "down"]],
      width: 4,
      limits: [1, 1],
    },
    {
      title: "Requests",
      description: helpOf(requests),
      kind: "number",
      unit: "reqps",
      queries: [[rateOf(requests, []), "requests"]],
      width: 4,
    },
    {
      title: "Answered with an error",
      description: `Share of requests. ${helpOf(errors)}`,
      kind: "number",
      unit: "percentunit",
      queries: [[`${rateOf(errors, [])} / ${rateOf(requests, [])}`, "errors"]],
      width: 4,
      limits: [0.01, 0.05],
    },
    {
      title: "Left before the answer",
      description: "Requests whose client had gone (499). Nothing is wrong with the origin.",
      kind: "number",
      unit: "reqps",
      queries: [[`${rateOf(requests, [], { status: '="499"' })} or vector(0)`, "left"]],
      width: 4,
    },
    {
      title: "95 % answered within",
      description: helpOf(duration),
      kind: "number",
      unit: "s",
      queries: [[quantileOf(0.95, duration, []), "95 %"]],
      width: 4,
      limits: [1, 10],
    },
  ],
  Errors: [
    {
      title: "Errors by code",
      description: `${helpOf(errors)} A dot is one of the requests: its ray ID finds it in the log.`,
      kind: "bars",
      unit: "reqps",
      queries: [[`${rateOf(errors, ["code"])} > 0`, "{{code}}"]],
      width: 16,
      hasExemplars: true,
    },
    {
      title: "Alerts that fire",
      description: "From deploy/prometheus/rules. A spike is a twentieth of a zone's requests.",
      kind: "table",
      unit: "short",
      queries: [
        [
          'count by (alertname, severity) (ALERTS{alertname=~"Edgecase.*", alertstate="firing"})',
          "{{alertname}}",
        ],
      ],
      width: 8,
    },
    {
      title: "Which code, in which zone",
      description: "Errors answered in the time shown.",
      kind: "table",
      unit: "short",
      queries: [[`topk(50, ${increaseOf(errors, ["zone", "code"])} > 0)`, "{{zone}} {{code}}"]],
      width: 12,
    },
    {
      title: "What was behind them",
      description: `${helpOf(failures)} In the time shown.`,
      kind: "table",
      unit: "short",
      queries: [
        [
          `topk(50, ${increaseOf(failures, ["zone", "origin", "failure", "reason"])} > 0)`,
          "{{failure}} {{reason}}",
        ],
      ],
      width: 12,
    },
  ],
  Failures: [
    {
      title: "Failures by phase",
      description: "Where on the way to the origin it broke: dns, tcp, tls, http; edge: on none.",
      kind: "bars",
      unit: "reqps",
      queries: [[`${rateOf(failures, ["phase"])} > 0`, "{{phase}}"]],
      width: 12,
    },
    {
      title: "Failures by type and reason",
      description: "The ten most frequent ones. `edgecase explain` says what each means.",
      kind: "lines",
      unit: "reqps",
      queries: [
        [`topk(10, ${rateOf(failures, ["failure", "reason"])} > 0)`, "{{failure}} {{reason}}"],
      ],
      width: 12,
    },
    {
      title: "Answers cut off",
      description: "Late failures: the head had left, so no code could be sent.",
      kind: "lines",
      unit: "reqps",
      queries: [
        [
          `topk(10, ${rateOf(failures, ["zone", "reason"], { late: '="true"' })} > 0)`,
          "{{zone}} {{reason}}",
        ],
      ],
      width: 12,
    },
    {
      title: "Duration",
      description: `${helpOf(duration)} A dot is one of the requests, with its ray ID.`,
      kind: "lines",
      unit: "s",
      queries: [
        [quantileOf(0.5, duration, []), "half"],
        [quantileOf(0.95, duration, []), "95 %"],
        [quantileOf(0.99, duration, []), "99 %"],
      ],
      width: 12,
      hasExemplars: true,
    },
  ],
  Requests: [
    {
      title: "Requests by status",
      description: helpOf(requests),
      kind: "bars",
      unit: "reqps",
      queries: [[rateOf(requests, ["status"]), "{{status}}"]],
      width: 12,
    },
    {
      title: "Requests by zone",
      description: "The ten zones with the most requests.",
      kind: "lines",
      unit: "reqps",
      queries: [[`topk(10, ${rateOf(requests, ["zone"])})`, "{{zone}}"]],
      width: 12,
    },
    {
      title: "Requests by method",
      description: "Methods beside the usual eight are OTHER.",
      kind: "lines",
      unit: "reqps",
      queries: [[rateOf(requests, ["method"]), "{{method}}"]],
      width: 12,
    },
    {
      title: "Lines of the access log",
      description: helpOf(logLines),
      kind: "bars",
      unit: "short",
      queries: [[rateOf(logLines, ["result"]), "{{result}}"]],
      width: 12,
    },
  ],
  Capacity: capacityPanels,
};
