// The page: header, counts, exchanges, and at their side the zones, the faults, or what was chosen.

import { useEffect } from "preact/hooks";

import { listenToKeys } from "./keys.ts";
import { announcement } from "./state/announcement.ts";
import { place } from "./state/place.ts";
import { needsToken } from "./state/session.ts";
import { areFaultsShown } from "./view/choice.ts";
import { Counts } from "./view/counts.tsx";
import { Details } from "./view/details.tsx";
import { Exchanges } from "./view/exchanges.tsx";
import { Explanation } from "./view/explanation.tsx";
import { FaultsPanel } from "./view/faults.tsx";
import { Header } from "./view/header.tsx";
import { Help } from "./view/help.tsx";
import { InForceNotice } from "./view/in-force-notice.tsx";
import { SignIn } from "./view/sign-in.tsx";
import { Zones } from "./view/zones.tsx";

/** The whole dashboard. */
export function App() {
  useEffect(listenToKeys, []);
  if (needsToken.value) return <SignIn />;
  return (
    <>
      <a class="skip" href="#exchanges">
        Skip to the exchanges
      </a>
      <Header />
      <Page />
      <Help />
      <p class="unseen" role="status" aria-live="polite">
        {announcement}
      </p>
    </>
  );
}

function Page() {
  const { ray, explain } = place.value;
  const isChosen = ray !== "" || explain !== "";
  const areFaults = areFaultsShown.value;
  return (
    <div class={isChosen ? "page has-choice" : areFaults ? "page has-panel" : "page"}>
      <main>
        <InForceNotice />
        <Counts />
        <Exchanges />
      </main>
      {isChosen ? (
        <aside class="side choice" aria-label={explain === "" ? "Exchange" : "Explanation"}>
          {explain === "" ? <Details ray={ray} key={ray} /> : <Explanation name={explain} />}
        </aside>
      ) : areFaults ? (
        <aside class="side choice" aria-label="Faults">
          <FaultsPanel />
        </aside>
      ) : (
        <aside class="side" aria-label="Zones and origins">
          <Zones />
        </aside>
      )}
    </div>
  );
}
