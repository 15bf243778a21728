// Where the dashboard begins: the stream, the zones, the faults, and the page.

import { render } from "preact";

import { App } from "./app.tsx";
import { startFaults } from "./state/faults.ts";
import { startLive } from "./state/live.ts";
import { startZones } from "./state/zones.ts";

const app = document.querySelector("#app");
if (app === null) throw new Error("the page has no place for the dashboard");
render(<App />, app);
startLive();
startZones();
startFaults();
