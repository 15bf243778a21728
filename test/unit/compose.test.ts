// docker-compose.yml and Dockerfile, read as data: what is mounted is there, what is published is on loopback, nobody is root.

import { existsSync, readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";
import { parse } from "yaml";

import { readCompose } from "../helpers/compose.ts";

const { services, volumes, ...rest } = readCompose();
const all = Object.entries(services);

/** Keys of a service that Compose knows and this file uses. @see compose-spec, services */
const keysOfServices = new Set([
  "build",
  "cap_drop",
  "command",
  "depends_on",
  "entrypoint",
  "environment",
  "healthcheck",
  "image",
  "init",
  "network_mode",
  "networks",
  "ports",
  "read_only",
  "security_opt",
  "tmpfs",
  "volumes",
]);

const keysOfHealthChecks = new Set([
  "disable",
  "interval",
  "start_period",
  "test",
  "timeout",
  "retries",
]);

const readYaml = (file: string): unknown => parse(readFileSync(file, "utf8"));

describe("docker-compose.yml", () => {
  test("has the keys of the Compose specification, and no version", () => {
    const extra = Object.keys(rest).filter((key) => key !== "name" && !key.startsWith("x-"));

    expect(extra).toEqual([]);
    for (const [name, service] of all) {
      expect(
        Object.keys(service).filter((key) => !keysOfServices.has(key)),
        name,
      ).toEqual([]);
      const checks = Object.keys(service.healthcheck ?? {});
      expect(
        checks.filter((key) => !keysOfHealthChecks.has(key)),
        name,
      ).toEqual([]);
    }
  });

  test.each(all)(
    "%s has an image that is built here, or a fixed version of a named registry's",
    (_name, { image, build }) => {
      if (build === undefined)
        expect(image).toMatch(/^docker\.io\/[a-z]+\/[a-z]+:v?\d+\.\d+\.\d+$/);
      else expect([image, build]).toEqual(["edgecase", "."]);
    },
  );

  test.each(all)(
    "%s can write to no file of its image, and has no rights of root",
    (_name, service) => {
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
      });
    },
  );

  test("publishes ports on loopback only, each once", () => {
    const published = all.flatMap(([, { ports = [] }]) => ports);
    const hostPorts = published.map((port) => port.split(":")[1]);

    expect(published.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual([]);
    expect(new Set(hostPorts).size).toBe(hostPorts.length);
    expect(published).toHaveLength(4);
    expect(services["zoo"]?.ports).toContain("127.0.0.1:8081:8081");
  });

  test.each(all)(
    "%s says whether it is well, or has nothing that could be ill",
    (name, { healthcheck }) => {
      // The gateway's check is its image's own.
      const isDisabled = ["token", "visitors"].includes(name);
      expect(healthcheck?.disable ?? false).toBe(isDisabled);
      if (healthcheck?.test !== undefined) expect(healthcheck.test[0]).toBe("CMD");
    },
  );

  test("starts each service when what it needs is healthy or done", () => {
    for (const [name, { depends_on = {}, network_mode = "" }] of all) {
      for (const [needed, { condition }] of Object.entries(depends_on)) {
        const isOneShot = services[needed]?.entrypoint?.includes("docker/make-token.mjs") ?? false;
        expect(services[needed], `${name} needs ${needed}`).toBeDefined();
        expect(condition).toBe(isOneShot ? "service_completed_successfully" : "service_healthy");
      }
      const [, shared] = /^service:(\w+)$/.exec(network_mode) ?? [];
      if (shared !== undefined) expect(Object.keys(depends_on)).toContain(shared);
    }
  });

  test("mounts only what is there, and nothing of this folder to be written to", () => {
    for (const mount of all.flatMap(([, service]) => service.volumes ?? [])) {
      const [source = "", , mode] = mount.split(":");
      if (source.startsWith(".")) {
        expect(existsSync(source), mount).toBe(true);
        expect(mode, mount).toBe("ro");
      } else expect(Object.keys(volumes), mount).toContain(source);
    }
  });
});

describe("Prometheus", () => {
  const config = readYaml("deploy/prometheus/prometheus.yml") as {
    scrape_configs: [{ authorization: { credentials_file: string } }];
  };
  const [{ authorization }] = config.scrape_configs;

  test("asks the gateway by a name of its network, with the token that was made for it", () => {
    const [{ targets }] = readYaml("deploy/prometheus/targets.yml") as [{ targets: string[] }];
    const { edgecase, token, zoo, prometheus } = services;

    expect(targets).toEqual(["edgecase:8081"]);
    expect(edgecase?.network_mode).toBe("service:zoo");
    expect(zoo?.networks?.default.aliases).toEqual(["edgecase"]);
    expect(edgecase?.environment).toMatchObject({
      EDGECASE_ADMIN_HOST: "0.0.0.0",
      EDGECASE_ADMIN_TOKEN_FILE: authorization.credentials_file,
    });
    expect(token?.command).toEqual([authorization.credentials_file]);
    expect(prometheus?.volumes).toContain("run:/run/edgecase:ro");
    expect(prometheus?.command).toContain("--enable-feature=exemplar-storage");
  });
});

describe("Grafana", () => {
  const { environment = {}, volumes: mounts = [] } = services["grafana"] ?? {};

  test("shows a dashboard that is provisioned to whoever comes, and lets nobody change it", () => {
    const home = environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"] ?? "";
    const { providers } = readYaml("deploy/grafana/provisioning/dashboards/edgecase.yml") as {
      providers: { type: string; allowUiUpdates: boolean; options: { path: string } }[];
    };
    const [provider] = providers;

    expect(environment).toMatchObject({
      GF_AUTH_ANONYMOUS_ENABLED: "true",
      GF_AUTH_ANONYMOUS_ORG_ROLE: "Viewer",
      GF_AUTH_BASIC_ENABLED: "false",
    });
    expect(provider).toMatchObject({ type: "file", allowUiUpdates: false });
    expect(mounts).toContain(`./deploy/grafana/dashboards:${provider?.options.path}:ro`);
    expect(mounts).toContain("./deploy/grafana/provisioning:/etc/grafana/provisioning:ro");
    expect(home.startsWith(`${provider?.options.path}/`)).toBe(true);
    expect(existsSync(home.replace("/etc/grafana", "deploy/grafana"))).toBe(true);
  });

  test("asks Prometheus by the name and port that it has", () => {
    const { datasources } = readYaml("deploy/grafana/provisioning/datasources/prometheus.yml") as {
      datasources: { url: string; jsonData: { timeInterval: string } }[];
    };
    const { global } = readYaml("deploy/prometheus/prometheus.yml") as {
      global: { scrape_interval: string };
    };

    expect(datasources[0]?.url).toBe("http://prometheus:9090");
    expect(services["prometheus"]?.ports).toEqual(["127.0.0.1:9090:9090"]);
    expect(datasources[0]?.jsonData.timeInterval).toBe(global.scrape_interval);
  });
});

describe("Dockerfile", () => {
  const lines = readFileSync("Dockerfile", "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const stages = lines.filter((line) => line.startsWith("FROM "));
  const last = lines.slice(lines.lastIndexOf(stages.at(-1) ?? ""));

  test("builds in one stage and runs in another, on Node 24, not as root", () => {
    expect(stages).toHaveLength(2);
    expect(stages.every((stage) => /^FROM docker\.io\/library\/node:24-\S+/.test(stage))).toBe(
      true,
    );
    expect(last.filter((line) => line.startsWith("USER "))).toEqual(["USER node"]);
    expect(last.indexOf("USER node")).toBeLessThan(
      last.findIndex((line) => line.startsWith("ENTRYPOINT")),
    );
  });

  test("says whether it is well, with a program that is in it", () => {
    const check = last.find((line) => line.startsWith("HEALTHCHECK")) ?? "";

    expect(check).toContain('CMD ["node", "docker/health.mjs"]');
    expect(last).toContain("COPY deploy/docker docker");
    expect(existsSync("deploy/docker/health.mjs")).toBe(true);
  });

  test("takes its parts from where the build puts them", () => {
    const { bin } = JSON.parse(readFileSync("package.json", "utf8")) as {
      bin: { edgecase: string };
    };

    expect(last).toContain(`ENTRYPOINT ["node", "${bin.edgecase}"]`);
    expect(last).toContain("COPY --from=build /app/dist dist");
  });

  test("leaves out of the image what the build does not need, and nothing that it does", () => {
    const ignored = readFileSync(".dockerignore", "utf8").split("\n");

    expect(ignored).toEqual(expect.arrayContaining([".*", "node_modules", "dist", "test"]));
    const needed = ["src", "edge-codes", "fixtures", "scripts", "dashboard", "package-lock.json"];
    const configs = ["vite.config.ts", "tsconfig.json", "tsconfig.build.json"];
    expect(ignored.filter((name) => [...needed, ...configs].includes(name))).toEqual([]);
  });
});
