// httpxy, as its README has it; it keeps connections by itself, but knows no CA for them.

import { Agent } from "node:https";

import { createProxyServer } from "httpxy";

import { answerBadGateway, listen, serveInWorkers } from "./program.mjs";

serveInWorkers((setup) => {
  const { target, origin, ca } = setup;
  const proxy = createProxyServer({
    target,
    ...(origin.scheme === "https" && { agent: new Agent({ keepAlive: true, ca }) }),
  });
  listen(setup, (req, res) => {
    proxy.web(req, res).catch(() => answerBadGateway(res));
  });
});
