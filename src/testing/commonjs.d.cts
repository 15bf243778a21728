// The types of commonjs.cjs: those of index.ts, which CommonJS may ask for as types.

import type * as testing from "./index.js" with { "resolution-mode": "import" };

export type * from "./index.js" with { "resolution-mode": "import" };

/** See `startEdgecase` in index.d.ts. */
export declare const startEdgecase: typeof testing.startEdgecase;

/** See `fixture` in index.d.ts. */
export declare const fixture: typeof testing.fixture;
