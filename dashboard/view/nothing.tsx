// In place of an empty list: how to make an exchange, or how to see those that are hidden.

import { gateway } from "../state/gateway.ts";
import { isNarrowed, widen } from "../state/place.ts";
import { settings } from "../state/settings.ts";
import { Command } from "./command.tsx";

/** Said when there is nothing to list. */
export function Nothing() {
  if (isNarrowed.value) {
    return (
      <div class="nothing">
        <p>
          <b>No exchange fits the filter.</b>
        </p>
        <button type="button" onClick={widen}>
          Show all
        </button>
      </div>
    );
  }
  return (
    <div class="nothing">
      <p>
        <b>Nothing has come through yet.</b> Ask the gateway for something:
      </p>
      <Command text={curl()} />
    </div>
  );
}

/** Asks for the most telling host there is: the demo's expired certificate, or else the first zone's. */
function curl(): string {
  const hosts = settings.value?.zones.map(({ zone }) => zone) ?? [];
  const host = hosts.find((name) => name.startsWith("expired.")) ?? hosts[0] ?? "localhost";
  const name = host === "*" ? "localhost" : host.replace("*", "any");
  return `curl -i -H 'Host: ${name}' http://${location.hostname}:${gateway.value?.http ?? 80}/`;
}
