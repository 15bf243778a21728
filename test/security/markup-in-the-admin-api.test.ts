// The attack: a client has markup, line ends or terminal escapes in its host or path, for whoever watches the gateway: in the dashboard,
// which is made of the admin API and its event stream, in a terminal that prints it, or as an event that the stream never had.
//
// Seen: stored XSS in log viewers and monitoring (CWE-79, CWE-117), terminal escapes (CVE-2003-0063 and after). The dashboard's own page
// allows no script but its own, none of it inline: behaviour/dashboard-files.test.ts.

import { expect, test } from "vitest";

import { startAdmin } from "../helpers/admin.ts";
import { EventReader } from "../helpers/event-reader.ts";

const nowhere = "http://127.0.0.1:9";

test("markup, line ends and terminal escapes in a request reach nobody who looks at it", async () => {
  await using admin = await startAdmin({ zones: [{ hosts: ["a.test"], origins: [nowhere] }] });
  using reader = new EventReader(admin.port, "localhost", "/api/stream");
  await reader.next();
  const hostile = "<script>alert(1)</script>\u009b31m\u00ff";
  await admin.gateway.request({ host: "a.test", target: `/${hostile}\u0085event:` });
  await admin.gateway.request({ host: `${hostile}.test` });

  const answer = await admin.ask("/api/exchanges");
  const events = [await reader.next(), await reader.next()];

  expect(answer.headers).toMatchObject({
    "content-type": "application/json; charset=utf-8",
    "x-content-type-options": "nosniff",
  });
  expect(answer.body).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
  expect(events.map(({ event }) => event)).toEqual(["exchange", "exchange"]);
  expect(events.map(({ data }) => data).join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});
