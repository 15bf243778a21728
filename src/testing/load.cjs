// The one import() of `edgecase/testing` for CommonJS, in a file of its own: commonjs.cjs has it loaded by Node itself.

"use strict";

exports.load = () => import("./index.js");
