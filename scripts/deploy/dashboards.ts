// Grafana's dashboards as JSON: rows of panels, with a choice of zones, and a link from each to the other.

import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";

import { originsPanels } from "./origins-panels.ts";
import { overviewPanels } from "./overview-panels.ts";
import { datasource, panelOf, type PanelSpec } from "./panel.ts";

/** A tag that every dashboard of ours has. */
const tag = "edgecase";

/** What a dashboard holds. */
interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly rows: Readonly<Record<string, readonly PanelSpec[]>>;
}

const dashboards: readonly DashboardSpec[] = [
  {
    uid: "edgecase-overview",
    title: "Edgecase",
    description: "Which codes clients get, and what lies behind them.",
    rows: overviewPanels,
  },
  {
    uid: "edgecase-origins",
    title: "Edgecase: origins",
    description: "How origins are reached, and which of them serve.",
    rows: originsPanels,
  },
];

/** Every dashboard's file: its path from the repository's root to its JSON. */
export function dashboardFiles(): [path: string, json: string][] {
  return dashboards.map((spec) => [
    `deploy/grafana/dashboards/${spec.uid}.json`,
    `${JSON.stringify(build(spec), null, 2)}\n`,
  ]);
}

function build({ uid, title, description, rows }: DashboardSpec): object {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([tag])
    .readonly()
    .refresh("5s")
    .time({ from: "now-15m", to: "now" })
    .timezone("browser")
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder(tag)
        .type(DashboardLinkType.Dashboards)
        .tags([tag])
        .keepTime(true)
        .includeVars(true),
    )
    .withVariable(zoneChoice());
  for (const [row, panels] of Object.entries(rows)) {
    builder.withRow(new RowBuilder(row));
    for (const panel of panels) builder.withPanel(panelOf(panel));
  }
  const dashboard = builder.build();
  for (const [index, panel] of (dashboard.panels ?? []).entries()) panel.id = index + 1;
  return dashboard;
}

function zoneChoice(): QueryVariableBuilder {
  return (
    new QueryVariableBuilder("zone")
      .label("Zone")
      .description("The zones to look at.")
      .datasource(datasource)
      .query("label_values(edgecase_errors_total, zone)")
      .refresh(VariableRefresh.OnTimeRangeChanged)
      // oxlint-disable-next-line unicorn/no-array-sort -- It is no array that is sorted here.
      .sort(VariableSort.AlphabeticalAsc)
      .multi(true)
      .includeAll(true)
      .allValue(".*")
      .current({ selected: true, text: "All", value: "$__all" })
  );
}
