// A row of the first dashboard: how much there is to do, and what is refused because it is too much.

import type { PanelSpec } from "./panel.ts";
import { helpOf, rateOf, valueOf } from "./query.ts";

const underWay = "edgecase_requests_under_way";
const connections = "edgecase_client_connections";
const dropped = "edgecase_client_connections_dropped_total";
const lag = "edgecase_event_loop_lag_seconds";
const failures = "edgecase_failures_total";

/** In the order to show them. */
export const capacityPanels: readonly PanelSpec[] = [
  {
    title: "Under way",
    description: helpOf(underWay),
    kind: "lines",
    unit: "short",
    queries: [[valueOf(underWay, []), "requests"]],
    width: 6,
  },
  {
    title: "Clients connected",
    description: `${helpOf(connections)} ${helpOf(dropped)}`,
    kind: "lines",
    unit: "short",
    queries: [
      [valueOf(connections, []), "connected"],
      [rateOf(dropped, []), "closed unanswered, a second"],
    ],
    width: 6,
  },
  {
    title: "Behind",
    description: helpOf(lag),
    kind: "lines",
    unit: "s",
    queries: [[valueOf(lag, []), "behind"]],
    width: 6,
  },
  {
    title: "Refused by the gateway itself",
    description:
      "Because there is too much to do, or because it ends. `edgecase explain` says what each reason means.",
    kind: "bars",
    unit: "reqps",
    queries: [
      [
        `${rateOf(failures, ["reason"], { failure: '="proxy_internal_response"' })} > 0`,
        "{{reason}}",
      ],
    ],
    width: 6,
  },
];
