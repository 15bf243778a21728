// The committed dashboards, and what is in the PromQL of dashboards and rules.

import { readdirSync, readFileSync } from "node:fs";

/** A panel, as far as tests look at it. */
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly datasource?: { readonly uid: string };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly Target[];
}

interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly instant: boolean;
  readonly datasource: { readonly uid: string };
}

/** A dashboard, as far as tests look at it. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly datasource: { readonly uid: string } }[];
  };
}

const folder = "deploy/grafana/dashboards";

/** Every dashboard that is provisioned. */
export function readDashboards(): Dashboard[] {
  return readdirSync(folder).map(
    (file) => JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as Dashboard,
  );
}

/** Every query of every panel, with the panel it is from. */
export function readQueries(): { panel: string; expr: string }[] {
  return readDashboards().flatMap(({ uid, panels }) =>
    panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => ({ panel: `${uid}: ${title}`, expr })),
    ),
  );
}

/** A query as Grafana sends it, with every zone chosen. */
export function withoutVariables(expr: string, window = "1m"): string {
  return expr
    .replaceAll("$zone", ".*")
    .replaceAll("$__rate_interval", window)
    .replaceAll("$__range", window);
}

/** The metrics that a query asks for, without the endings of a histogram's samples. */
export function metricsIn(expr: string): string[] {
  const names = expr.match(/(?<![\w:])edgecase_\w+/g) ?? [];
  return names.map((name) => name.replace(/_(bucket|sum|count)$/, ""));
}

/** The labels that it selects or groups by. */
export function labelsIn(expr: string): string[] {
  const selected = [...expr.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label = ""]) => label);
  const grouped = [...expr.matchAll(/\b(?:by|on|without) \(([^)]*)\)/g)].flatMap(([, list = ""]) =>
    list.split(/,\s*/).filter(Boolean),
  );
  return [...selected, ...grouped];
}
