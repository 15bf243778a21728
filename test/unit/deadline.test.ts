import { setTimeout as pause } from "node:timers/promises";

import { describe, expect, test, vi } from "vitest";

import { Deadline } from "../../src/exchange/deadline.ts";

const shortMs = 20;

describe("a deadline", () => {
  test("calls when its time is up, once", async () => {
    const onDue = vi.fn<() => void>();
    new Deadline().start(shortMs, onDue);

    await pause(4 * shortMs);

    expect(onDue).toHaveBeenCalledTimes(1);
  });

  test.each(["end", "refresh"] as const)("is not over if its %s comes first", async (move) => {
    const deadline = new Deadline();
    const onDue = vi.fn<() => void>();
    deadline.start(shortMs, onDue);

    await pause(shortMs / 2);
    deadline[move]();
    await pause(shortMs * 0.75);

    expect(onDue).not.toHaveBeenCalled();
    deadline.end();
  });

  test("waits only for what was begun last", async () => {
    const deadline = new Deadline();
    const [first, second] = [vi.fn<() => void>(), vi.fn<() => void>()];
    deadline.start(shortMs, first);
    deadline.start(shortMs, second);

    await pause(4 * shortMs);

    expect([first, second].map(({ mock }) => mock.calls.length)).toEqual([0, 1]);
  });
});
