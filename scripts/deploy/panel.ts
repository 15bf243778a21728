// One panel of a dashboard: what it shows, in our words, becomes Grafana's.

import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  BigValueColorMode,
  BigValueTextMode,
  GraphGradientMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  MappingType,
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as StateTimelineBuilder } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";

/** The data source of every panel, by the uid under which it is provisioned. */
export const datasource = { type: "prometheus", uid: "edgecase-prometheus" };

/** What a panel shows. */
export interface PanelSpec {
  readonly title: string;
  readonly description: string;
  /** lines and bars over time, one number, the rows of a table, or states over time (1 good, 0 bad). */
  readonly kind: "lines" | "bars" | "number" | "table" | "states";
  /** Grafana's name of a unit. */
  readonly unit: string;
  /** Queries with the names of their series; `{{label}}` stands for a label's value. */
  readonly queries: readonly (readonly [expr: string, legend: string])[];
  /** Of 24 columns. */
  readonly width: number;
  /** From which value on a number is yellow, and from which it is red. */
  readonly limits?: readonly [yellow: number, red: number];
  /** Shows a dot for each request that stands beside a number. */
  readonly hasExemplars?: boolean;
}

/** The panel, without its place. */
export function panelOf(spec: PanelSpec): Builder<Panel> {
  const builder = builders[spec.kind](spec)
    .title(spec.title)
    .description(spec.description)
    .datasource(datasource)
    .unit(spec.unit)
    .span(spec.width)
    .height(spec.kind === "number" ? 4 : 8);
  return spec.queries.reduce(
    (panel, [expr, legend], index) =>
      panel.withTarget(queryOf(spec, expr, legend).refId(String.fromCodePoint(65 + index))),
    builder,
  );
}

type AnyBuilder = TimeSeriesBuilder | StatBuilder | TableBuilder | StateTimelineBuilder;

const builders: Readonly<Record<PanelSpec["kind"], (spec: PanelSpec) => TimeSeriesBuilder>> = {
  lines: () => overTime(),
  bars: () =>
    overTime()
      .fillOpacity(60)
      .lineWidth(0)
      .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group("A")),
  number: (spec) => alike(number(spec)),
  table: () => alike(table()),
  states: () => alike(states()),
};

/** What is asked of them below, they all have; their types have nothing in common. */
function alike(builder: AnyBuilder): TimeSeriesBuilder {
  return builder as TimeSeriesBuilder;
}

function overTime(): TimeSeriesBuilder {
  return new TimeSeriesBuilder()
    .min(0)
    .fillOpacity(10)
    .gradientMode(GraphGradientMode.None)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Right)
        .showLegend(true)
        .calcs(["lastNotNull", "max"]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
}

function number({ limits = [Infinity, Infinity] }: PanelSpec): StatBuilder {
  const [yellow, red] = limits;
  const steps: Threshold[] = [
    { value: null, color: "green" },
    { value: yellow, color: "yellow" },
    { value: red, color: "red" },
  ].filter(({ value }) => value !== Infinity);
  return new StatBuilder()
    .colorMode(BigValueColorMode.Value)
    .textMode(BigValueTextMode.Auto)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false))
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps));
}

function table(): TableBuilder {
  return new TableBuilder().filterable(true).withTransformation({
    id: "organize",
    options: { excludeByName: { Time: true }, renameByName: { Value: "count" } },
  });
}

const goodOrBad: ValueMapping = {
  type: MappingType.ValueToText,
  options: {
    "0": { text: "no", color: "red", index: 0 },
    "1": { text: "yes", color: "green", index: 1 },
  },
};

function states(): StateTimelineBuilder {
  return new StateTimelineBuilder().mappings([goodOrBad]).fillOpacity(80).lineWidth(0);
}

function queryOf({ kind, hasExemplars = false }: PanelSpec, expr: string, legend: string) {
  const query = new DataqueryBuilder().datasource(datasource).expr(expr).legendFormat(legend);
  if (kind === "table") return query.instant().format(PromQueryFormat.Table);
  return query.range().exemplar(hasExemplars);
}
