// `edgecase/testing` for require(). It asks for the modules when an edge is started: Node 20 cannot require them.

"use strict";

// Node's own require, where a test runner has put another one in its place: in Jest, import() needs a flag.
const { createRequire } = process.getBuiltinModule("node:module");
const { load } = createRequire(__filename)("./load.cjs");

exports.fixture = (name) => ({ fixture: name });
exports.startEdgecase = async (options) => (await load()).startEdgecase(options);
