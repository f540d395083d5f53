import { type Instant } from '../../business-time/calendar.js';
import { type Decider } from '../../event-sourcing/decider.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type PlanEvent } from './catalogue-events.js';
import { expectSoundPlan } from './expect-sound-plan.js';
import { expectAfterLast, type History, inForce, same, type RecordedChange, withVersion } from './version-history.js';
import { type Plan } from './plan.js';

export type PlanHistory = History<Plan, PlanEvent['type']>;

/** What a revision says; what is left out stays as it was. */
export type PlanChanges = Partial<Omit<Plan, 'code' | 'pauses'>> & { readonly pauses?: Partial<Plan['pauses']> };

/** What may be done to a plan. Without an `effectiveFrom` it holds from the command on. */
export type PlanCommand = RecordedChange &
  (
    | { readonly type: 'DefinePlan'; readonly plan: Plan }
    | {
        readonly type: 'RevisePlan';
        readonly code: string;
        readonly changes: PlanChanges;
        readonly effectiveFrom: Instant | undefined;
        readonly appliesToOpenTickets: boolean;
      }
    | { readonly type: 'RetirePlan'; readonly code: string; readonly effectiveFrom: Instant | undefined }
  );

/** A plan is defined once, from the beginning of time, and revised from then on; what is so already is not recorded again. */
export const planDecider: Decider<PlanHistory, PlanCommand, PlanEvent> = { initial: [], evolve, decide };

function evolve(history: PlanHistory, event: PlanEvent): PlanHistory {
  switch (event.type) {
    case 'PlanDefined': {
      const { version: _version, effectiveFrom, ...content } = event.data;
      return withVersion(history, event, { effectiveFrom, content });
    }
    case 'PlanRevised': {
      const { version: _version, effectiveFrom, appliesToOpenTickets, ...content } = event.data;
      return withVersion(history, event, { effectiveFrom, appliesToOpenTickets, content });
    }
    case 'PlanRetired': {
      const last = history.at(-1);
      if (last === undefined) return history;
      const { effectiveFrom } = event.data;
      const { recordedAt, actor } = event.metadata;
      return [...history, { ...last, type: event.type, effectiveFrom, appliesToOpenTickets: false, recordedAt, actor }];
    }
    default:
      return history;
  }
}

function decide(command: PlanCommand, history: PlanHistory): readonly PlanEvent[] {
  const { id, metadata } = command;
  if (command.type === 'DefinePlan') {
    const { plan } = command;
    if (same(history[0]?.content, plan)) return [];
    if (history.length > 0) throw new Rejection('PLAN_EXISTS', `code: plan ${plan.code} already exists.`);
    expectSoundPlan(plan);
    return [{ id, type: 'PlanDefined', data: { ...plan, version: 1, effectiveFrom: null }, metadata }];
  }
  const { code } = command;
  const last = versionsOf(history).at(-1);
  if (last === undefined) throw planNotFound(code);
  const effectiveFrom = command.effectiveFrom ?? metadata.occurredAt;
  if (command.type === 'RetirePlan') {
    if (isRetired(history, effectiveFrom)) return [];
    return [{ id, type: 'PlanRetired', data: { code, effectiveFrom }, metadata }];
  }
  const { changes } = command;
  const plan: Plan = { ...last.content, ...changes, pauses: { ...last.content.pauses, ...changes.pauses } };
  if (same(last.content, plan)) return [];
  expectAfterLast(versionsOf(history), effectiveFrom);
  expectSoundPlan(plan);
  const { appliesToOpenTickets } = command;
  const revision = { version: last.version + 1, effectiveFrom, appliesToOpenTickets };
  return [{ id, type: 'PlanRevised', data: { ...plan, ...revision }, metadata }];
}

/** The versions of a plan, its retirement left out. */
export const versionsOf = (history: PlanHistory): PlanHistory => history.filter(({ type }) => type !== 'PlanRetired');

/** When a plan is retired from, by the last word on it; undefined where it is not. */
export const retiredFrom = (history: PlanHistory): Instant | undefined =>
  history.findLast(({ type }) => type === 'PlanRetired')?.effectiveFrom ?? undefined;

export const isRetired = (history: PlanHistory, at: Instant): boolean => (retiredFrom(history) ?? Infinity) <= at;

/**
 * Whether a customer may be put on a plan at an instant.
 * @throws Rejection `PLAN_NOT_FOUND`, `PLAN_RETIRED`
 */
export function expectOffered(history: PlanHistory, code: string, at: Instant): void {
  if (inForce(versionsOf(history), at) === undefined) throw planNotFound(code);
  if (isRetired(history, at))
    throw new Rejection('PLAN_RETIRED', `plan: ${code} is retired; it takes no new customers.`);
}

export const planNotFound = (code: string): Rejection =>
  new Rejection('PLAN_NOT_FOUND', `plan: there is no plan ${code}.`);
