// Which request has which fault, and what it needs to have it. Between route and exchange: most gateways have nothing here.

import { setTimeout } from "node:timers/promises";

import { edgeFailure } from "../classify/edge-failure.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import { ConfigError } from "../config/config-error.ts";
import type { FaultRuleConfig, GatewayConfig } from "../config/gateway-config.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import type { Edition } from "../reload/edition.ts";
import type { Zone } from "../zone.ts";
import { type Fault, faultOfCode, type NamedFault } from "./fault.ts";
import { faultInField, injectField } from "./fault-field.ts";
import { type BrokenOrigin, type BrokenOrigins, ZooOrigins } from "./broken-origins.ts";
import { FaultRule } from "./fault-rule.ts";
import type { Injected } from "./injected.ts";
import { StandIns } from "./stand-ins.ts";

/** A rule in force, for another process that goes by it. */
export interface SharedRule {
  readonly id: string;
  /** `forMs` is for how long it is still in force. */
  readonly config: FaultRuleConfig;
}

/** Another process, which has the rules: several that go by them count together. */
export interface FaultOffice extends BrokenOrigins {
  /** The first of these rules that takes a request which matches them all; null if none does. */
  decide(ids: readonly string[]): Promise<string | null>;
}

/** The faults in force. */
export class Injection {
  readonly #inForce: { readonly edition: Edition };
  readonly #office: FaultOffice | null;
  readonly #broken: BrokenOrigins;
  readonly #standIns: StandIns;
  readonly #listeners = new Set<() => void>();
  /** Rules that may take a request, until it is decided upon. By then there may be others in force. */
  readonly #undecided = new WeakMap<ExchangeContext, readonly FaultRule[]>();
  #ofConfig: readonly FaultRule[] = [];
  #atRunTime: FaultRule[] = [];
  #rules: readonly FaultRule[] = [];
  #acceptsField = false;
  #isIdle = true;
  #nextId = 1;

  /** With an `office` it is told its rules, and asks there which requests they take. */
  constructor(inForce: { readonly edition: Edition }, office: FaultOffice | null = null) {
    this.#inForce = inForce;
    this.#office = office;
    this.#broken = office ?? new ZooOrigins();
    this.#standIns = new StandIns(this.#broken);
  }

  /** Every rule that can still happen: those of the configuration first, then those made since. */
  get rules(): readonly FaultRule[] {
    return this.#rules.filter(({ isLive }) => isLive);
  }

  /** The rules for other processes to go by. */
  get shared(): readonly SharedRule[] {
    const now = performance.now();
    return this.rules.map(({ id, config, endsAt }) => ({
      id,
      config: { ...config, forMs: endsAt === null ? null : endsAt - now },
    }));
  }

  /** Goes by the rules of another process from now on. */
  follow(rules: readonly SharedRule[]): void {
    this.#atRunTime = rules.map(({ id, config }) => new FaultRule(id, config));
    this.#settle();
  }

  /** Has a listener called when there are other rules than before. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Decides for another process; see {@link FaultOffice.decide}. */
  decide(ids: readonly string[]): string | null {
    return this.#rules.find((rule) => ids.includes(rule.id) && rule.draw())?.id ?? null;
  }

  /** Starts a broken origin for another process. */
  broken(name: string): Promise<BrokenOrigin> {
    return this.#broken.get(name);
  }

  /** Takes the rules of a configuration in place of those of the one before. */
  adopt({ inject }: GatewayConfig): void {
    const rules = this.#office === null ? inject.rules : [];
    this.#acceptsField = inject.acceptsField;
    this.#ofConfig = rules.map((rule, index) => new FaultRule(`config-${index + 1}`, rule));
    this.#settle();
    this.#standIns.keepOnly(this.#inForce.edition.zones);
  }

  /** Starts what the configuration's faults need. Rejects with {@link ConfigError} if that cannot be had here. */
  async prepare(): Promise<void> {
    for (const [index, { config }] of this.#ofConfig.entries()) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- One broken origin after the other is soon enough.
        await this.#prepare(config);
      } catch (error) {
        const rule = error instanceof Error ? error.message : String(error);
        throw new ConfigError(null, [
          { path: `inject.rules[${index}].fault`, rule, found: JSON.stringify(config.written) },
        ]);
      }
    }
  }

  /** Adds a rule, once what it needs has started. Rejects if that cannot be had here. */
  async add(config: FaultRuleConfig): Promise<FaultRule> {
    await this.#prepare(config);
    const rule = new FaultRule(String(this.#nextId), config);
    this.#nextId += 1;
    this.#atRunTime = [...this.#atRunTime.filter(({ isLive }) => isLive), rule];
    this.#settle();
    return rule;
  }

  /** Takes rules out of force, by id, or all of them; those of the configuration come back with the next reload. Returns them. */
  clear(id?: string): readonly FaultRule[] {
    const isMeant = (rule: FaultRule): boolean => id === undefined || rule.id === id;
    const cleared = this.rules.filter(isMeant);
    this.#ofConfig = this.#ofConfig.filter((rule) => !isMeant(rule));
    this.#atRunTime = this.#atRunTime.filter((rule) => !isMeant(rule));
    this.#settle();
    return cleared;
  }

  /** Whether a request has a fault, which its context then names; or what is wrong with the fault that it asks for. */
  choose(context: ExchangeContext): OriginFailure | boolean {
    if (this.#isIdle || context.zone === null) return false;
    const written = this.#acceptsField ? context.req.headers[injectField] : undefined;
    if (written !== undefined) {
      const asked = faultInField(String(written));
      if (typeof asked === "string") return edgeFailure("http_request_error", asked);
      const injected = this.#injectedFor(context.zone, asked);
      if (injected === null) return edgeFailure("http_request_error", noSuchCode(asked.fault));
      context.injected = injected;
      return true;
    }
    if (this.#office !== null) return this.#mayHave(context);
    const rule = this.#rules.find((one) => one.takes(context));
    context.injected = rule === undefined ? null : this.#injectedFor(context.zone, rule.config);
    return context.injected !== null;
  }

  /** Gives the request its stand-in, after its delay. Resolves with why that cannot be, null if it can. */
  async ready(context: ExchangeContext): Promise<OriginFailure | null> {
    const { zone } = context;
    try {
      await this.#decideUpon(context);
      const { injected } = context;
      if (zone === null || injected === null) return null;
      if (injected.delayMs > 0) await setTimeout(injected.delayMs, null, { ref: false });
      const standIn = await this.#standIns.for(zone, injected.fault);
      standIn.setClock(zone.clock);
      injected.standIn = standIn;
      return null;
    } catch (error) {
      return edgeFailure(
        "proxy_configuration_error",
        `no fault could be injected: ${String(error)}`,
        error,
      );
    }
  }

  /** Closes the broken origins, and the connections to them. */
  async close(): Promise<void> {
    await this.#standIns.close();
  }

  #settle(): void {
    this.#rules = [...this.#ofConfig, ...this.#atRunTime];
    this.#isIdle = this.#rules.length === 0 && !this.#acceptsField;
    for (const listener of this.#listeners) listener();
  }

  /** Whether one of the rules may take a request, which is for the office to say. */
  #mayHave(context: ExchangeContext): boolean {
    const rules = this.#rules.filter((rule) => rule.matches(context));
    if (rules.length > 0) this.#undecided.set(context, rules);
    return rules.length > 0;
  }

  async #decideUpon(context: ExchangeContext): Promise<void> {
    const rules = this.#undecided.get(context);
    if (rules === undefined || this.#office === null || context.zone === null) return;
    const chosen = await this.#office.decide(rules.map(({ id }) => id));
    const rule = rules.find(({ id }) => id === chosen);
    if (rule !== undefined) context.injected = this.#injectedFor(context.zone, rule.config);
  }

  async #prepare(rule: FaultRuleConfig): Promise<void> {
    for (const zone of this.#inForce.edition.zones) {
      if (rule.zone !== null && rule.zone !== zone.name) continue;
      const fault = faultFor(rule.fault, zone);
      // oxlint-disable-next-line no-await-in-loop -- As a rule it is the same for every zone, and there already.
      if (fault !== null) await this.#standIns.prepare(fault);
    }
  }

  #injectedFor(
    zone: Zone,
    { fault: named, delayMs, after }: Pick<FaultRuleConfig, "fault" | "delayMs" | "after">,
  ): Injected | null {
    const fault = faultFor(named, zone);
    if (fault === null) return null;
    const { kind, name } = fault;
    const late = kind === "cut" || kind === "stall" ? { kind, after } : null;
    return { fault, name, delayMs, late, standIn: null };
  }
}

/** What a name means in a zone: a code goes by the zone's profile; null if that has no such code. */
function faultFor(named: NamedFault, { errors, profiles }: Zone): Fault | null {
  if (named.kind !== "code") return named;
  const profile = profiles.get(errors.profile);
  return profile === undefined ? null : faultOfCode(named.code, profile);
}

function noSuchCode(fault: NamedFault): string {
  const code = fault.kind === "code" ? String(fault.code) : fault.name;
  return `${injectField}: ${code} is a code that the zone's profile has for no failure of an origin`;
}
