// The picture of the counts: stacked bars that uPlot draws on a canvas, from the ground up what was passed on, then each code.

import { effect, signal } from "@preact/signals";
import uPlot from "uplot";

import { now, seconds, windowSeconds } from "../state/counts.ts";
import type { Second } from "../state/second.ts";
import { timeOfDay } from "../steps.ts";
import { colourCount, colourOf } from "./code-colour.ts";

/** Layers of the stack, from the ground up. */
const layers = ["passed", "own", ...Array.from({ length: colourCount }, (_, at) => String(at))];

/** No bar is narrower, in CSS pixels: on a small screen one stands for several seconds. */
const leastBar = 3;

/** No picture shows less, in seconds. */
const leastSpan = 60;

const height = 132;

/** The second under the pointer, in words. */
export const hovered = signal("");

/** What was passed on is left out, so that few errors among many answers can be seen. */
export const isErrorsOnly = signal(false);

/** Draws the counts into an element, and again with each second, at each size and in each colour scheme. */
export class CountsPicture {
  readonly #plot: uPlot;
  readonly #host: HTMLElement;
  readonly #resized: ResizeObserver;
  readonly #stop: () => void;
  readonly #scheme = matchMedia("(prefers-color-scheme: dark)");
  readonly #redraw = (): void => this.#plot.redraw(false);

  constructor(host: HTMLElement) {
    this.#host = host;
    this.#plot = new uPlot(this.#options(), [[]], host);
    this.#stop = effect(() => this.#draw(seconds.value, isErrorsOnly.value));
    this.#resized = new ResizeObserver(() => {
      this.#plot.setSize({ width: host.clientWidth, height });
      this.#draw(seconds.peek(), isErrorsOnly.peek());
    });
    this.#resized.observe(host);
    this.#scheme.addEventListener("change", this.#redraw);
  }

  close(): void {
    this.#stop();
    this.#resized.disconnect();
    this.#scheme.removeEventListener("change", this.#redraw);
    this.#plot.destroy();
  }

  #draw(all: readonly Second[], errorsOnly: boolean): void {
    const span = spanOf(all);
    const perBar = Math.max(1, Math.ceil((span * leastBar) / this.#host.clientWidth));
    // The last that is over: of the present one a part is still to come.
    const last = (Math.floor(now() / perBar) - 1) * perBar;
    const count = Math.ceil(span / perBar);
    const times = Array.from({ length: count }, (_, at) => last - (count - 1 - at) * perBar);
    const stacks = times.map(() => layers.map(() => 0));
    for (const second of all) {
      const stack = stacks[count - 1 - Math.floor((last + perBar - 1 - second.at) / perBar)];
      if (stack !== undefined) addTo(stack, second, errorsOnly);
    }
    this.#plot.setData([times, ...heights(stacks)]);
  }

  #options(): uPlot.Options {
    const colour = (name: string) => () =>
      getComputedStyle(this.#host).getPropertyValue(`--${name}`).trim();
    const axis: uPlot.Axis = {
      stroke: colour("soft"),
      font: "11px system-ui, sans-serif",
      ticks: { show: false },
      grid: { stroke: colour("line"), width: 1 },
    };
    return {
      width: this.#host.clientWidth,
      height,
      padding: [8, 24, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(4, most * 1.1)] } },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 24,
          incrs: [15, 30, 60, 120, 300],
          space: 80,
          values: (_, marks) => marks.map((mark) => timeOfDay(mark * 1_000)),
        },
        { ...axis, size: 36, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000] },
      ],
      // The tallest is drawn first, and the others before it.
      series: [
        {},
        ...layers.toReversed().map((layer) => ({
          fill: colour(`of-${layer}`),
          width: 0,
          points: { show: false },
          paths: uPlot.paths.bars?.({ size: [0.85, 40], align: 1 }) ?? (() => null),
        })),
      ],
      hooks: { setCursor: [(plot) => say(plot)] },
    };
  }
}

/** How many seconds to show: all that are known, within bounds. */
function spanOf(all: readonly Second[]): number {
  const known = now() - (all[0]?.at ?? now());
  return Math.min(windowSeconds, Math.max(leastSpan, known + 1));
}

function addTo(stack: number[], second: Second, errorsOnly: boolean): void {
  const add = (layer: string, count: number): void => {
    const at = layers.indexOf(layer);
    stack[at] = (stack[at] ?? 0) + count;
  };
  if (!errorsOnly) add("passed", second.passed);
  add("own", second.originErrors);
  for (const [code, count] of second.codes) add(String(colourOf(code)), count);
}

/** The height of each layer's upper edge, the uppermost layer first; null where a bar would be empty. */
function heights(stacks: readonly (readonly number[])[]): (number | null)[][] {
  const edges = layers.map((_, layer) =>
    stacks.map((stack) => {
      if (stack[layer] === 0) return null;
      return stack.slice(0, layer + 1).reduce((sum, one) => sum + one, 0);
    }),
  );
  return edges.toReversed();
}

function say({ cursor, data }: uPlot): void {
  const at = cursor.idx;
  const time = at === null || at === undefined ? undefined : data[0][at];
  if (time === undefined) {
    hovered.value = "";
    return;
  }
  const second = seconds.peek().find((one) => one.at === time);
  const parts =
    second === undefined
      ? []
      : [
          ...(second.passed > 0 ? [`${second.passed} passed on`] : []),
          ...(second.originErrors > 0 ? [`${second.originErrors} of origins’ own`] : []),
          ...[...second.codes].map(([code, count]) => `${count} × ${code}`),
        ];
  hovered.value = `${timeOfDay(time * 1_000)}  ${parts.join(", ") || "nothing"}`;
}
