// http-proxy-3, with an agent that keeps connections.

import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";

import { createProxyServer } from "http-proxy-3";

import { answerBadGateway, listen, serveInWorkers } from "./program.mjs";

serveInWorkers((setup) => {
  const { target, origin, ca } = setup;
  const agent =
    origin.scheme === "https"
      ? new SecureAgent({ keepAlive: true, ca })
      : new Agent({ keepAlive: true });
  const proxy = createProxyServer({ target, agent, secure: true });
  proxy.on("error", (_error, _req, res) => answerBadGateway(res));
  listen(setup, (req, res) => proxy.web(req, res));
});
