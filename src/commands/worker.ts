// `edgecase worker`: for `edgecase serve --workers` alone, which starts its workers with it.

import { keepObjectsYoung } from "./keep-objects-young.ts";
import { serveAsWorker } from "../workers/serve-as-worker.ts";

/** Works for the process that has started this one, until that ends. */
export async function worker(): Promise<void> {
  keepObjectsYoung();
  await serveAsWorker();
}
