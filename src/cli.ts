#!/usr/bin/env node
// The command `edgecase`: its grammar. What each command does stands in commands/, loaded when it is called for.

import { Command, CommanderError, Option } from "commander";
import { closest } from "fastest-levenshtein";

import type { AdminFlags } from "./commands/ask-admin.ts";
import type { CaOptions } from "./commands/ca.ts";
import type { CheckOptions } from "./commands/check.ts";
import type { DiagnoseFlags } from "./commands/diagnose.ts";
import type { InjectFlags } from "./commands/inject.ts";
import type { ServeOptions } from "./commands/serve.ts";
import type { SetOptions } from "./commands/set.ts";
import type { ZooCommandOptions } from "./commands/zoo.ts";
import { ConfigError } from "./config/config-error.ts";
import { version } from "./version.ts";

const badUsage = 2;

const program = new Command("edgecase")
  .description(
    "A local edge gateway that fails the way a CDN fails. With nothing configured it serves the demo.",
  )
  .version(version, "-v, --version")
  .exitOverride()
  .configureHelp({ showGlobalOptions: true });

program
  .command("serve", { isDefault: true })
  .description("serve zones from a file, one origin from the command line, or the demo")
  .option("-c, --config <file>", "configuration, YAML or JSON")
  .option("--origin <url...>", "origins of one zone for every host, tried in order")
  .option("--host <address>", "address to listen on (127.0.0.1)")
  .option("-p, --port <port>", "port for HTTP (8080); 0 takes a free one")
  .option("--https-port <port>", "port for HTTPS (8443), HTTP/1.1 and HTTP/2; or false")
  .option("--admin-host <address>", "address of the admin port (127.0.0.1)")
  .option("--admin-port <port>", "port for metrics and health (8081), or false")
  .option("--admin-token-file <file>", "token to ask for there; needed off loopback")
  .addOption(new Option("--codes <mode>", "what clients are told").choices(["detailed", "generic"]))
  .addOption(new Option("--pages <mode>", "how much pages say").choices(["verbose", "sanitized"]))
  .option("--profile <name>", "which profile maps failures to codes (cloudflare)")
  .addOption(sslOption("SSL mode of every zone"))
  .option("--clock <factor>", "scales every timeout; 0.01 makes 125 s 1.25 s")
  .addOption(
    new Option("--log-level <level>", "least level to write (info)").choices([
      "trace",
      "debug",
      "info",
      "warn",
      "error",
      "fatal",
      "silent",
    ]),
  )
  .addOption(
    new Option("--log-format <format>", "form of the access log (json)").choices([
      "json",
      "pretty",
    ]),
  )
  .option("--log-sample <rate>", "share of the requests that went well to log, 0 to 1 (1)")
  .option("--workers <number>", "processes that take requests; auto: as many as there are cores")
  .option("--tracing", "make traces, with the OpenTelemetry SDK of the process")
  .option("--no-tracing", "make none, whatever the file says")
  .allowExcessArguments()
  .action(async (options: ServeOptions, { args: [unknown] }: Command) => {
    if (unknown !== undefined) throw notACommand(unknown);
    return (await import("./commands/serve.ts")).serve(options);
  });

program
  .command("worker", { hidden: true })
  .action(async () => (await import("./commands/worker.ts")).worker());

program
  .command("zoo")
  .description("start the broken origins alone and print where they are")
  .option("--json", "print JSON")
  .option("--config-folder <folder>", "write edgecase.json there, for a gateway in front of them")
  .action(async (options: ZooCommandOptions) => (await import("./commands/zoo.ts")).zoo(options));

program
  .command("check")
  .description("check a configuration without serving it")
  .argument("[file]", "the file; else --config or EDGECASE_CONFIG")
  .option("-c, --config <file>", "configuration, YAML or JSON")
  .option("--json", "print JSON")
  .action(async (file: string | undefined, options: CheckOptions) =>
    (await import("./commands/check.ts")).check(file, options),
  );

program
  .command("explain")
  .description("say what a code, a failure type or a reason means")
  .argument("<name>", "a code, or connection_refused, expired …")
  .option("--json", "print JSON")
  .action(async (name: string, options: { json?: boolean }) =>
    (await import("./commands/explain.ts")).explain(name, options),
  );

asksAdmin(program.command("diagnose"))
  .description("go the way to an origin layer by layer, and say where it stops")
  .argument("[url]", "a URL, host[:port], an address, or unix:/path")
  .option("--zone <host>", "the origins of this zone, from where a running gateway stands")
  .addOption(sslOption("SSL mode that the verdict is for (strict)"))
  .option("--host <host>", "Host field to send, and the request's host")
  .option("--sni <name>", "server name to send in the handshake")
  .option("--ca <file>", "CAs that replace the public ones, PEM")
  .option("--resolver <address...>", "resolvers to ask instead of the system's")
  .option("--timeout <seconds>", "for each step (10)")
  .option("--http2", "offer HTTP/2, as a zone with http2 does")
  .option("--h2c", "speak HTTP/2 without TLS, as a zone with h2c does")
  .option("--all-addresses", "go the whole way to every address of the name")
  .addHelpText(
    "after",
    "\nExit codes: 0 all is well, 10 DNS, 11 TCP, 12 TLS, 13 HTTP is at fault; 1 failure, 2 bad usage.",
  )
  .action(async (url: string | undefined, options: DiagnoseFlags) =>
    (await import("./commands/diagnose.ts")).diagnose(url, options),
  );

asksAdmin(program.command("set"))
  .description("change settings of a gateway that runs")
  .argument("<key=value...>", "codes=…, pages=…, profile=…, clock=…")
  .option("--zone <host>", "change this zone alone")
  .option("--survives-reload", "keep the change when the configuration is reloaded")
  .action(async (assignments: string[], options: SetOptions) =>
    (await import("./commands/set.ts")).set(assignments, options),
  );

asksAdmin(program.command("inject"))
  .description("put a fault in the way of a running gateway's requests")
  .argument("[fault]", "a code, failure type, reason or broken origin; or cut, stall")
  .option("--zone <host>", "requests of this zone alone")
  .option("--host <pattern>", "requests for these hosts; * stands for any characters")
  .option("--path <pattern>", "requests with such a path, without query")
  .option("--method <method>", "requests with this method")
  .option("--header <field...>", "requests with this field, as 'name: pattern'")
  .option("--rate <share>", "share of those requests, 0 to 1 (1)")
  .option("--count <times>", "how often it happens; without it there is no end")
  .option("--delay <duration>", "wait before the request goes its way: 250ms, 2s")
  .option("--after <bytes>", "for cut and stall: bytes of content that still pass (0)")
  .option("--seed <number>", "makes the choice of --rate the same in every run")
  .option("--for <duration>", "how long it is in force: 30s, 5m; without it until cleared")
  .addOption(new Option("--list", "print the faults in force").conflicts("clear"))
  .option("--clear [id]", "clear one fault, or all of them")
  .action(async (fault: string | undefined, options: InjectFlags) =>
    (await import("./commands/inject.ts")).inject(fault, options),
  );

asksAdmin(program.command("ray"))
  .description("tell the whole story of one exchange, by its ray id")
  .argument("<id>", "as in the cf-ray field, with or without the place at its end")
  .action(async (id: string, options: AdminFlags) =>
    (await import("./commands/ray.ts")).ray(id, options),
  );

program
  .command("ca")
  .description("print where the local CA's certificate is, and how to trust it")
  .addOption(new Option("--json", "print path, fingerprint and last day as JSON").conflicts("pem"))
  .option("--pem", "print the certificate itself")
  .action(async (options: CaOptions) => (await import("./commands/ca.ts")).ca(options));

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : badUsage;
  else if (error instanceof ConfigError) fail(error.message, badUsage);
  else fail(error instanceof Error ? error.message : String(error), 1);
}

function sslOption(description: string): Option {
  return new Option("--ssl <mode>", description).choices([
    "off",
    "flexible",
    "full",
    "strict",
    "origin_pull",
  ]);
}

/** For commands that speak to a gateway that runs. */
function asksAdmin(command: Command): Command {
  return command
    .option("--admin <url>", "the gateway's admin server (http://127.0.0.1:8081)")
    .addOption(
      new Option("--admin-port <port>", "its port on this machine (8081)").conflicts("admin"),
    )
    .option("--token-file <file>", "file with the admin server's bearer token")
    .option("--json", "print JSON");
}

function notACommand(word: string): ConfigError {
  const nearest = closest(
    word,
    program.commands.map((command) => command.name()),
  );
  return new ConfigError(null, [{ path: word, rule: "is not a command", nearest }]);
}

function fail(message: string, exitCode: number): never {
  process.stderr.write(`${message.replaceAll(/^/gm, "edgecase: ")}\n`);
  process.exit(exitCode);
}
