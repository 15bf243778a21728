// `edgecase/testing` for require(). It asks for the modules when an edge is started: Node 20 cannot require them.

"use strict";

const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { constants, runInThisContext } = require("node:vm");

exports.fixture = (name) => ({ fixture: name });
exports.startEdgecase = async (options) => (await load()).startEdgecase(options);

function load() {
  return import("./index.js").catch((error) => {
    if (error.code !== "ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG") throw error;
    // A Jest test, where import() takes a flag. In Node's own context it takes none.
    const loadOutside = runInThisContext("(url) => import(url)", {
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    return loadOutside(pathToFileURL(path.join(__dirname, "index.js")).href);
  });
}
