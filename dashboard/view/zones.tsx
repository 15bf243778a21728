// Zones and how their origins stand: those in trouble first, and no more than can be looked over.

import { useState } from "preact/hooks";

import type { OriginState, Summary } from "../api/types.ts";
import { narrow, place } from "../state/place.ts";
import { zones, type ZoneView } from "../state/zones.ts";
import { Answer } from "./exchange-row.tsx";

/** Zones that are listed before somebody asks for all. */
const fewZones = 40;

/** The section. */
export function Zones() {
  const [text, setText] = useState("");
  const [isWhole, setWhole] = useState(false);
  const all = zones.value;
  if (all === null) return <p class="soft">Asking for the zones…</p>;
  const found = all.filter(
    ({ zone, pools }) =>
      zone.includes(text) ||
      pools.some((pool) => pool.origins.some(({ origin }) => origin.includes(text))),
  );
  const shown = found.toSorted((one, other) => urgency(other) - urgency(one));
  return (
    <section class="zones" aria-labelledby="zones-title">
      <div class="section-head">
        <h2 id="zones-title">Zones and origins</h2>
        <span class="soft">{all.length}</span>
      </div>
      {all.length > 8 && (
        <label class="field">
          <span>Find a zone or an origin</span>
          <input
            type="search"
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value.trim())}
          />
        </label>
      )}
      <ul class="zone-list">
        {(isWhole ? shown : shown.slice(0, fewZones)).map((zone) => (
          <ZoneCard key={zone.zone} zone={zone} />
        ))}
      </ul>
      {!isWhole && shown.length > fewZones && (
        <button type="button" class="quiet" onClick={() => setWhole(true)}>
          Show all {shown.length}
        </button>
      )}
    </section>
  );
}

function ZoneCard({ zone: { zone, ssl, pools, last } }: { readonly zone: ZoneView }) {
  const isChosen = place.value.zone === zone;
  const isPooled = pools.length > 1;
  return (
    <li>
      <div class="zone-head">
        <button
          type="button"
          class="link zone-name"
          aria-pressed={isChosen}
          title="Show this zone alone"
          onClick={() => narrow({ zone: isChosen ? "" : zone })}
        >
          {zone}
        </button>
        {last === null ? <span class="soft">ssl {ssl}</span> : <Last one={last} />}
      </div>
      {pools.map(({ pool, state, origins }) => (
        <div key={pool}>
          {isPooled && (
            <p class="pool-name">
              {pool} {state !== undefined && <State state={state} />}
            </p>
          )}
          <ul class="origins">
            {origins.map((origin) => (
              <Origin key={`${origin.origin} ${origin.address ?? ""}`} origin={origin} />
            ))}
          </ul>
        </div>
      ))}
    </li>
  );
}

/** The zone's last answer, and how long ago that was. */
function Last({ one }: { readonly one: Summary }) {
  const seconds = Math.max(0, Math.round((Date.now() - one.time) / 1_000));
  return (
    <span class="soft">
      <Answer one={one} />{" "}
      {seconds < 60 ? `${seconds} s ago` : `${Math.round(seconds / 60)} min ago`}
    </span>
  );
}

function Origin({ origin }: { readonly origin: OriginState }) {
  const { state, address, outstanding = 0, share, failure, reason, detail } = origin;
  const isKnown = state !== undefined && !isAssumed(origin);
  const trouble = [failure, reason].filter(Boolean).join(" / ");
  return (
    <li>
      <span class="origin-name" title={origin.origin}>
        {origin.origin}
      </span>
      {address !== undefined && address !== null && address !== "" && (
        <span class="soft"> {address}</span>
      )}
      {isKnown && <State state={state} />}
      {share !== undefined && share !== null && share < 1 && (
        <span class="soft"> {Math.round(share * 100)} % of its share</span>
      )}
      {outstanding > 0 && <span class="soft"> {outstanding} under way</span>}
      {trouble !== "" && (
        <span class="trouble" title={detail ?? ""}>
          {trouble}
        </span>
      )}
    </li>
  );
}

/** An origin that nobody checks counts as healthy as long as requests do not say otherwise. */
function isAssumed({ state, checkedAt = null }: OriginState): boolean {
  return checkedAt === null && (state === "healthy" || state === "unknown");
}

const signs: Readonly<Record<string, string>> = {
  healthy: "✓",
  unhealthy: "✕",
  ejected: "✕",
  critical: "✕",
  rising: "↑",
  degraded: "!",
  disabled: "–",
};

function State({ state }: { readonly state: string }) {
  const sign = signs[state] ?? "·";
  return (
    <span class={sign === "✕" ? "state is-bad" : sign === "✓" ? "state is-good" : "state"}>
      <span aria-hidden="true">{sign}</span> {state}
    </span>
  );
}

/** Zones with an origin in trouble come first, and those that something came through before the others. */
function urgency({ pools, last }: ZoneView): number {
  const isInTrouble = pools.some(({ origins }) =>
    origins.some(({ state = "" }) => signs[state] === "✕"),
  );
  return (isInTrouble ? 2 : 0) + (last === null ? 0 : 1);
}
