import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { edgeFailure } from "../../src/classify/edge-failure.ts";
import type { OriginFailure } from "../../src/classify/origin-failure.ts";
import { ExchangeContext } from "../../src/exchange-context.ts";
import { FlightRecorder, flightSlots } from "../../src/workers/flight-recorder.ts";
import { type Flight, FlightSlots } from "../../src/workers/flight-slots.ts";
import { recordLost } from "../../src/workers/lost-requests.ts";

let folder: string;
let file: string;
let fd: number;
const reports = { nextNumber: 1, arm() {} };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
  file = join(folder, "flights");
  fd = openSync(file, "wx+");
  reports.nextNumber = 1;
});

afterEach(() => {
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

/** A request for a path. */
function request(path: string, more: Partial<ExchangeContext> = {}): ExchangeContext {
  const req = { method: "GET", httpVersion: "1.1", headers: {} } as never;
  const context = new ExchangeContext(req, { statusCode: 200 } as never, "0123456789abcdef-DEV");
  const facts = { target: path, host: "a.test", clientAddress: "192.0.2.7" };
  return Object.assign(context, facts, more);
}

function end(recorder: FlightRecorder, context: ExchangeContext, status = 200): void {
  context.status = status;
  recorder.ended(context, 12.5);
}

/** What another process finds in the file. */
function read(): Flight[] {
  const slots = new FlightSlots(new Uint8Array(readFileSync(file)));
  return Array.from({ length: slots.count }, (_, slot) => slots.read(slot)).flatMap(
    (flight) => flight ?? [],
  );
}

/** Paths of what is under way. */
function underWay(): string[] {
  return read().flatMap(({ path, ending }) => (ending === null ? path : []));
}

describe("the flight recorder", () => {
  test("has in its file what is under way, once the turn is over", async () => {
    const recorder = new FlightRecorder(fd, reports);
    const [first, second] = [request("/first?secret"), request("/second", { scheme: "https" })];

    recorder.began(first);
    recorder.began(second);
    const before = read();
    await setImmediate();

    expect(before).toEqual([]);
    expect(read()).toMatchObject([
      { path: "/first", isSecure: false, status: 0, ending: null },
      {
        ray: "0123456789abcdef-DEV",
        method: "GET",
        version: "1.1",
        client: "192.0.2.7",
        host: "a.test",
        path: "/second",
        isSecure: true,
      },
    ]);
    expect(Math.abs((read()[0]?.startedAt ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test("knows the status once the head has left, and how the request ended", async () => {
    const recorder = new FlightRecorder(fd, reports);
    const [answered, ended] = [request("/answered"), request("/ended")];
    const failure: OriginFailure = { ...edgeFailure("dns_error", ""), reason: "nxdomain" };

    for (const context of [answered, ended]) recorder.began(context);
    recorder.answered(answered);
    reports.nextNumber = 7;
    end(recorder, Object.assign(ended, { failure }), 502);
    await setImmediate();

    expect(read()).toMatchObject([
      { path: "/answered", status: 200, ending: null },
      {
        path: "/ended",
        status: 502,
        ending: {
          report: 7,
          totalMs: 12.5,
          failure: { type: "dns_error", reason: "nxdomain" },
          isLate: false,
        },
      },
    ]);
  });

  test("keeps what the edge answers by itself until it is reported", async () => {
    const recorder = new FlightRecorder(fd, reports);

    end(recorder, request("/refused"), 414);
    await setImmediate();

    expect(read()).toMatchObject([{ path: "/refused", status: 414, ending: { report: 1 } }]);
  });

  test("cuts what is too long, and nothing of one slot gets into another", async () => {
    const recorder = new FlightRecorder(fd, reports);
    const long = { host: `${"h".repeat(300)}.test`, clientAddress: "c".repeat(300) };

    recorder.began(request(`/${"p".repeat(3_000)}`, long));
    recorder.began(request("/next"));
    await setImmediate();

    const [cut, next] = read();
    expect(cut?.host).toBe("h".repeat(80));
    expect(cut?.path).toMatch(/^\/p{30,}$/);
    expect(next).toMatchObject({ ray: "0123456789abcdef-DEV", path: "/next" });
  });

  test("has room for as many as come, if those that ended are reported", async () => {
    const recorder = new FlightRecorder(fd, reports);
    const kept = request("/kept");
    recorder.began(kept);

    for (let round = 0; round < 5; round += 1) {
      for (let count = 0; count < flightSlots / 2; count += 1) {
        const context = request(`/${round}/${count}`);
        recorder.began(context);
        end(recorder, context);
      }
      // oxlint-disable-next-line no-await-in-loop -- One report after the other.
      await setImmediate();
      reports.nextNumber += 1;
      recorder.release(recorder.takeEnded());
    }

    expect(underWay()).toEqual(["/kept"]);
    expect(kept.flight).toBe(0);
  });

  test("leaves out what there is no room for, and has room again afterwards", async () => {
    const recorder = new FlightRecorder(fd, reports);
    const all = Array.from({ length: flightSlots + 3 }, (_, index) => request(`/${index}`));
    for (const context of all) recorder.began(context);
    for (const context of all) end(recorder, context);
    recorder.release(recorder.takeEnded());

    const next = request("/next");
    recorder.began(next);
    await setImmediate();

    expect(all.filter(({ flight }) => flight < 0)).toHaveLength(3);
    expect(underWay()).toEqual(["/next"]);
  });
});

/** What is recorded of a worker of which this report came last. */
function recorded(lastReport: number) {
  const found: [path: string, status: number, failure: OriginFailure | null][] = [];
  const record = {
    recordFor: (context: ExchangeContext, failure: OriginFailure | null) =>
      void found.push([context.target, context.res.statusCode, failure]),
  };
  const lost = recordLost(read(), { lastReport, how: "SIGKILL" }, record);
  return { lost, found };
}

describe("requests of a worker that has ended", () => {
  test("are recorded if they were under way, late ones as such", async () => {
    const recorder = new FlightRecorder(fd, reports);
    const [first, late] = [request("/first"), request("/late")];
    for (const context of [first, late]) recorder.began(context);
    recorder.answered(late);
    await setImmediate();

    const { lost, found } = recorded(0);

    const failure = { type: "proxy_internal_error", reason: "worker_ended" };
    expect(lost).toBe(2);
    expect(found).toMatchObject([
      ["/first", 0, { ...failure, responseStarted: false }],
      ["/late", 200, { ...failure, responseStarted: true }],
    ]);
  });

  test("are recorded if they had ended and no report had them, and not a second time if one had", async () => {
    const recorder = new FlightRecorder(fd, reports);
    for (const [path, status] of [
      ["/told", 200],
      ["/untold", 404],
    ] as const) {
      // prettier-ignore
      const context = request(path);
      recorder.began(context);
      end(recorder, context, status);
      reports.nextNumber += 1;
    }
    await setImmediate();

    expect(recorded(1)).toEqual({ lost: 0, found: [["/untold", 404, null]] });
  });
});
