// A program in a process of its own: what it has written, what it names there, and how it ends.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

import { waitFor } from "./gateway.ts";

/** Starting takes its time where others work, too. */
const startMs = 30_000;

/** A program that runs. */
export interface Program extends AsyncDisposable {
  readonly child: ChildProcess;
  /** All of stdout so far, where it is kept. */
  readonly written: () => string;
  /** All of stderr so far. */
  readonly said: () => string;
  /** The number that it says, or has said, in this place on stderr. Rejects if it ends before. */
  number(place: RegExp): Promise<number>;
  /** Its exit code, or the signal that ended it, once it has ended and what it wrote is here. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Ends it as a person would, or Docker, if it has not ended; resolves as `ended` does. */
  end(): Promise<number | NodeJS.Signals>;
}

/** How to run a program. */
export interface ProgramOptions {
  /** Beside this process' own. */
  readonly env?: NodeJS.ProcessEnv;
  /** `unread`: a pipe that nobody reads until a test does. */
  readonly stdout?: "kept" | "unread";
}

/** Starts a program. */
export function startProgram(
  program: string,
  args: readonly string[],
  { env = {}, stdout = "kept" }: ProgramOptions = {},
): Program {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let written = "";
  let said = "";
  if (stdout === "kept")
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      written += text;
    });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  // A pipe that nobody reads does not close.
  const ended = once(child, stdout === "kept" ? "close" : "exit").then(
    ([code, signal]: (number | NodeJS.Signals)[]) => code ?? signal ?? -1,
  );
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const end = (): Promise<number | NodeJS.Signals> => {
    if (!hasEnded()) child.kill("SIGTERM");
    return ended;
  };
  return {
    child,
    written: () => written,
    said: () => said,
    number: (place) =>
      waitFor(
        () => {
          const [, digits] = place.exec(said) ?? [];
          if (digits === undefined && hasEnded()) throw new Error(said);
          return digits === undefined ? null : Number(digits);
        },
        `${program} does not say ${String(place)}`,
        startMs,
      ),
    ended,
    end,
    [Symbol.asyncDispose]: async () => void (await end()),
  };
}
