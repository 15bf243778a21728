// The command line of `npm run bench`.

import { Command, InvalidArgumentError, Option } from "commander";

/** What is run, how long, and where the report goes. */
export interface BenchOptions {
  /** Null for all. */
  readonly cases: readonly string[] | null;
  readonly peers: readonly string[] | null;
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUp: number;
  readonly out?: string;
  readonly writeDocs: boolean;
  readonly fromSource: boolean;
}

const quick = {
  cases: ["get-1k", "headers", "download-1m", "upload-1m", "refused"],
  peers: ["edgecase", "httpxy", "fast-proxy", "reply-from", "reply-from-observed"],
  rounds: 2,
  seconds: 1,
  warmUp: 1,
};

/** Names that may be chosen. */
export interface Known {
  readonly cases: readonly string[];
  readonly peers: readonly string[];
}

/** Reads the arguments. Prints help, or what is wrong, and ends the process where that is all there is to do. */
export function readOptions(args: readonly string[], known: Known): BenchOptions {
  const program = new Command("npm run bench --")
    .description("Measures Edgecase beside its peers, as ratios within one run.")
    .addOption(listOption("--cases <names>", "cases to run", known.cases))
    .addOption(listOption("--peers <names>", "peers to run", known.peers))
    .addOption(numberOption("--rounds <count>", "rounds in which each has its turn", 5))
    .addOption(numberOption("--seconds <seconds>", "length of a turn, in whole seconds", 3))
    .addOption(numberOption("--warm-up <seconds>", "load before the first round, thrown away", 3))
    .option("--quick", "few cases, few peers, short: about two minutes")
    .option("--out <file>", "write the report there, instead of to stdout")
    .option("--write-docs", "put the report into docs/performance.md")
    .addOption(new Option("--from-source", "Edgecase from its sources, for tests").hideHelp())
    .addHelpText("after", `\nCases: ${known.cases.join(", ")}\nPeers: ${known.peers.join(", ")}`);
  program.parse(args, { from: "user" });
  const given = program.opts<Partial<BenchOptions> & { quick?: boolean }>();
  // What was said counts before what --quick means.
  const said = (name: string): boolean => program.getOptionValueSource(name) === "cli";
  const chosen = <Name extends keyof typeof quick>(name: Name) =>
    given.quick === true && !said(name) ? quick[name] : given[name];
  return {
    cases: chosen("cases") ?? null,
    peers: chosen("peers") ?? null,
    rounds: Number(chosen("rounds")),
    seconds: Number(chosen("seconds")),
    warmUp: Number(chosen("warmUp")),
    ...(given.out !== undefined && { out: given.out }),
    writeDocs: given.writeDocs ?? false,
    fromSource: given.fromSource ?? false,
  };
}

function listOption(flags: string, description: string, known: readonly string[]): Option {
  return new Option(flags, `${description}, with commas between them; else all`).argParser(
    (text: string) => {
      const names = text.split(",");
      const unknown = names.find((name) => !known.includes(name));
      if (unknown !== undefined)
        throw new InvalidArgumentError(`There is no ${unknown}; there are ${known.join(", ")}.`);
      return names;
    },
  );
}

function numberOption(flags: string, description: string, value: number): Option {
  return new Option(flags, description).default(value).argParser((text: string) => {
    if (!/^[1-9]\d*$/.test(text))
      throw new InvalidArgumentError("It takes a whole number above 0.");
    return Number(text);
  });
}
