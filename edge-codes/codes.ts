// Every code that the gateway can answer with by itself: the explicit list of codes/.
// Which failure becomes which code is not said here but in the profiles.

import type { CodeFacts } from "./code-facts.ts";
import { code400 } from "./codes/400.ts";
import { code404 } from "./codes/404.ts";
import { code405 } from "./codes/405.ts";
import { code408 } from "./codes/408.ts";
import { code413 } from "./codes/413.ts";
import { code414 } from "./codes/414.ts";
import { code431 } from "./codes/431.ts";
import { code500 } from "./codes/500.ts";
import { code501 } from "./codes/501.ts";
import { code502 } from "./codes/502.ts";
import { code503 } from "./codes/503.ts";
import { code504 } from "./codes/504.ts";
import { code520 } from "./codes/520.ts";
import { code521 } from "./codes/521.ts";
import { code522 } from "./codes/522.ts";
import { code523 } from "./codes/523.ts";
import { code524 } from "./codes/524.ts";
import { code525 } from "./codes/525.ts";
import { code526 } from "./codes/526.ts";
import { code530 } from "./codes/530.ts";
import { code1000 } from "./codes/1000.ts";
import { code1001 } from "./codes/1001.ts";
import { code1003 } from "./codes/1003.ts";
import { code1016 } from "./codes/1016.ts";

/** Every code, under its number. */
export const codes = {
  400: code400,
  404: code404,
  405: code405,
  408: code408,
  413: code413,
  414: code414,
  431: code431,
  500: code500,
  501: code501,
  502: code502,
  503: code503,
  504: code504,
  520: code520,
  521: code521,
  522: code522,
  523: code523,
  524: code524,
  525: code525,
  526: code526,
  530: code530,
  1000: code1000,
  1001: code1001,
  1003: code1003,
  1016: code1016,
} as const satisfies Record<number, CodeFacts>;

/** The number of a code that the gateway can answer with. */
export type Code = keyof typeof codes;
