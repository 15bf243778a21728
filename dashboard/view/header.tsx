// The top of the page: whose dashboard, whether it is connected, and what clients are told.

import { connection } from "../state/live.ts";
import { lastTick } from "../state/counts.ts";
import { narrow, place } from "../state/place.ts";
import { differing, refusal, settings, tell, told } from "../state/settings.ts";
import { areFaultsShown, toggleFaults } from "./choice.ts";
import { isHelpOpen } from "./help.tsx";
import { Switch } from "./switch.tsx";

/** Name, connection, zone, the two toggles and the profile, and what opens the panel of faults. */
export function Header() {
  return (
    <header class="header">
      <div class="brand">
        <img src="./icon.svg" alt="" width="28" height="28" />
        <h1>Edgecase</h1>
        <ConnectionState />
      </div>
      <div class="telling" role="group" aria-label="What clients are told">
        <ZoneChoice />
        <Toggles />
      </div>
      <button
        type="button"
        class="quiet faults-button"
        aria-pressed={areFaultsShown.value}
        onClick={toggleFaults}
      >
        Faults
      </button>
      <button
        type="button"
        class="quiet help-button"
        aria-haspopup="dialog"
        onClick={() => (isHelpOpen.value = true)}
      >
        Keys <kbd aria-hidden="true">?</kbd>
      </button>
      {refusal.value !== null && (
        <p class="refusal" role="alert">
          <b>Not changed.</b> {refusal.value.title}
          {refusal.value.detail === undefined ? "" : `: ${refusal.value.detail}`}
        </p>
      )}
    </header>
  );
}

const words = { connecting: "Connecting", live: "Live", lost: "Connection lost, trying again" };

function ConnectionState() {
  const state = connection.value;
  const requests = lastTick.value?.requests ?? 0;
  return (
    <p class={`connection is-${state}`}>
      <span class="dot" aria-hidden="true" />
      <span role="status">{words[state]}</span>
      {state === "live" && lastTick.value !== null && (
        <span class="rate">
          {requests} request{requests === 1 ? "" : "s"}/s
        </span>
      )}
    </p>
  );
}

function ZoneChoice() {
  const zones = settings.value?.zones ?? [];
  return (
    <label class="field">
      <span>Zone</span>
      <select
        value={place.value.zone}
        onChange={({ currentTarget }) => narrow({ zone: currentTarget.value })}
      >
        <option value="">Every zone</option>
        {zones.map(({ zone }) => (
          <option key={zone} value={zone}>
            {zone}
          </option>
        ))}
      </select>
    </label>
  );
}

function Toggles() {
  const now = told.value;
  if (now === null) return null;
  const mixed = place.value.zone === "" ? differing.value : 0;
  return (
    <>
      <Switch
        label="Detailed codes"
        isOn={now.codes === "detailed"}
        states={["each failure its code", "one code for all"]}
        onSwitch={(isOn) => void tell({ codes: isOn ? "detailed" : "generic" })}
      />
      <Switch
        label="Verbose pages"
        isOn={now.pages === "verbose"}
        states={["they say what broke", "they tell nothing"]}
        onSwitch={(isOn) => void tell({ pages: isOn ? "verbose" : "sanitized" })}
      />
      <label class="field">
        <span>Profile</span>
        <select
          value={now.profile}
          onChange={({ currentTarget }) => void tell({ profile: currentTarget.value })}
        >
          {(settings.value?.profiles ?? []).map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      {mixed > 0 && (
        <p class="mixed">
          {mixed} zone{mixed === 1 ? " differs" : "s differ"}
        </p>
      )}
    </>
  );
}
