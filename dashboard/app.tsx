// The page: header, counts, exchanges, and at their side either the zones or what was chosen.

import { useEffect } from "preact/hooks";

import { listenToKeys } from "./keys.ts";
import { announcement } from "./state/announcement.ts";
import { place } from "./state/place.ts";
import { needsToken } from "./state/session.ts";
import { Counts } from "./view/counts.tsx";
import { Details } from "./view/details.tsx";
import { Exchanges } from "./view/exchanges.tsx";
import { Explanation } from "./view/explanation.tsx";
import { Header } from "./view/header.tsx";
import { Help } from "./view/help.tsx";
import { SignIn } from "./view/sign-in.tsx";
import { Zones } from "./view/zones.tsx";

/** The whole dashboard. */
export function App() {
  useEffect(listenToKeys, []);
  const { ray, explain } = place.value;
  const isChosen = ray !== "" || explain !== "";
  if (needsToken.value) return <SignIn />;
  return (
    <>
      <a class="skip" href="#exchanges">
        Skip to the exchanges
      </a>
      <Header />
      <div class={isChosen ? "page has-choice" : "page"}>
        <main>
          <Counts />
          <Exchanges />
        </main>
        {isChosen ? (
          <aside class="side choice" aria-label={explain === "" ? "Exchange" : "Explanation"}>
            {explain === "" ? <Details ray={ray} key={ray} /> : <Explanation name={explain} />}
          </aside>
        ) : (
          <aside class="side" aria-label="Zones and origins">
            <Zones />
          </aside>
        )}
      </div>
      <Help />
      <p class="unseen" role="status" aria-live="polite">
        {announcement}
      </p>
    </>
  );
}
