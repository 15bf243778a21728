// What a process holds as time goes by: memory and descriptors, once a second, and how fast they grow. Linux only.

import { readdirSync, readFileSync } from "node:fs";

const sampleMs = 1_000;
/** The first part of the time is not looked at: code is compiled, pools are filled. */
const warmingUp = 1 / 3;
const megabyte = 1024 * 1024;

/** What it held at one moment. */
interface Sample {
  /** Minutes since the watch began. */
  readonly minutes: number;
  readonly megabytes: number;
  readonly descriptors: number;
}

/** How a number went. */
export interface Course {
  readonly first: number;
  readonly last: number;
  readonly most: number;
  /** Of the line that fits best, once it was warm. */
  readonly perMinute: number;
}

/** Looks at a process until it is told to stop. */
export class ProcessWatch {
  readonly #pid: number;
  readonly #samples: Sample[] = [];
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.#pid = pid;
    this.#look();
    this.#timer = setInterval(() => this.#look(), sampleMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  get megabytes(): Course {
    return courseOf(this.#samples.map(({ minutes, megabytes }) => [minutes, megabytes]));
  }

  get descriptors(): Course {
    return courseOf(this.#samples.map(({ minutes, descriptors }) => [minutes, descriptors]));
  }

  /** How many it holds at this moment. */
  descriptorsNow(): number {
    return readdirSync(`/proc/${this.#pid}/fd`).length;
  }

  #look(): void {
    const status = readFileSync(`/proc/${this.#pid}/status`, "utf8");
    const [, kilobytes = "0"] = /VmRSS:\s+(\d+) kB/.exec(status) ?? [];
    this.#samples.push({
      minutes: (performance.now() - this.#startedAt) / 60_000,
      megabytes: (Number(kilobytes) * 1024) / megabyte,
      descriptors: this.descriptorsNow(),
    });
  }
}

function courseOf(points: readonly (readonly [minutes: number, value: number])[]): Course {
  const values = points.map(([, value]) => value);
  return {
    first: values[0] ?? 0,
    last: values.at(-1) ?? 0,
    most: Math.max(...values),
    perMinute: slopeOf(points.slice(Math.floor(points.length * warmingUp))),
  };
}

/** Least squares. */
function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: 0 | 1): number =>
    points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const under = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return under === 0 ? 0 : over / under;
}
