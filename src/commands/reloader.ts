// Puts the configuration in force again when it has changed, or when SIGHUP asks for it. What cannot be used is told, and changes nothing.

import { resolve } from "node:path";

import type { Logger } from "pino";

import { ConfigError } from "../config/config-error.ts";
import type { GatewayConfig } from "../config/gateway-config.ts";
import type { Gateway } from "../gateway.ts";
import { FileWatch } from "../reload/file-watch.ts";

/** What reloading acts on. */
export interface Reloaded {
  readonly gateway: Gateway;
  readonly messages: Logger;
  /** Reads the configuration anew. Rejects with {@link ConfigError}. */
  readonly load: () => Promise<GatewayConfig>;
}

/** Reloads the configuration of a gateway, one time after the other. */
export class Reloader {
  /** Absolute path of the configuration file; null where there is none. */
  readonly #file: string | null;
  readonly #watch: FileWatch;
  #reloaded: Reloaded | null = null;
  /** Reloads under way. */
  #work: Promise<void> | null = null;
  #isAskedAgain = false;
  readonly #onHangup = (): void => this.#hangup();

  private constructor(file: string | null) {
    this.#file = file === null ? null : resolve(file);
    this.#watch = new FileWatch({
      onChange: () => this.#ask(),
      onTrouble: (folder, code) =>
        this.#reloaded?.messages.warn(
          { folder, code },
          "cannot watch a folder: what changes there is read upon SIGHUP",
        ),
    });
  }

  /** To be made before the configuration is read for the first time: what changes from then on is not missed. */
  static async of(file: string | null): Promise<Reloader> {
    const reloader = new Reloader(file);
    if (reloader.#file !== null) await reloader.#watch.note([reloader.#file]);
    return reloader;
  }

  /** From now on changes and signals are heeded. */
  async start(reloaded: Reloaded): Promise<void> {
    this.#reloaded = reloaded;
    process.on("SIGHUP", this.#onHangup);
    await this.#follow(reloaded.gateway.config.files);
  }

  /** Heeds nothing from now on; resolves when the reload under way has ended. */
  async close(): Promise<void> {
    process.off("SIGHUP", this.#onHangup);
    this.#watch.close();
    this.#isAskedAgain = false;
    await this.#work;
  }

  #hangup(): void {
    if (this.#file !== null) this.#ask();
    else this.#reloaded?.messages.warn("nothing to reload: there is no configuration file");
  }

  #ask(): void {
    if (this.#work !== null) this.#isAskedAgain = true;
    else if (this.#reloaded !== null) this.#work = this.#reload(this.#reloaded);
  }

  async #reload(reloaded: Reloaded): Promise<void> {
    const { gateway, load } = reloaded;
    await this.#watch.note();
    const startedAt = performance.now();
    let named: readonly string[] = [];
    try {
      await gateway.reload(await load(), startedAt);
    } catch (error) {
      gateway.reloads.failed(error, performance.now() - startedAt);
      if (error instanceof ConfigError) named = error.files;
    }
    await this.#follow([...gateway.config.files, ...named]);
    this.#work = this.#isAskedAgain ? this.#reload(reloaded) : null;
    this.#isAskedAgain = false;
    await this.#work;
  }

  async #follow(named: readonly string[]): Promise<void> {
    if (this.#file !== null) await this.#watch.follow([...new Set([this.#file, ...named])]);
  }
}
