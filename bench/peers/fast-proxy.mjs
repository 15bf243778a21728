// fast-proxy, as its README has it; it keeps connections by itself, and takes a CA with each request.

import fastProxy from "fast-proxy";

import { listen, serveInWorkers } from "./program.mjs";

serveInWorkers((setup) => {
  const forwarder = fastProxy({ base: setup.target });
  const options = { request: { ca: setup.ca } };
  listen(setup, (req, res) => {
    forwarder.proxy(req, res, req.url, options);
  });
});
