// Writes what deploy/ repeats from the data: alerts on each code, and Grafana's dashboards.
// `npx tsx scripts/generate-deploy.ts` writes them; with `--check` it writes nothing and exits 1 if anything is out of date.

import { codeAlerts } from "./deploy/code-alerts.ts";
import { dashboardFiles } from "./deploy/dashboards.ts";
import { writeFiles } from "./write-files.ts";

writeFiles(
  new Map([["deploy/prometheus/rules/codes.yml", codeAlerts()], ...dashboardFiles()]),
  "scripts/generate-deploy.ts",
);
