import { InvalidCalendar } from '../../business-time/calendar.js';
import { expectTarget } from '../../business-time/target.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type Plan, type PlanTarget } from './plan.js';

/**
 * Refuses a plan that promises what nobody can keep, or two things at once. The message names the field.
 * @throws Rejection `INVALID_AT_RISK_SHARE`, `INVALID_TARGET`, `DOUBLE_TARGET`, `AMBIGUOUS_TARGETS`
 */
export function expectSoundPlan({ atRiskShare, targets }: Plan): void {
  if (!(atRiskShare > 0 && atRiskShare < 1)) {
    throw new Rejection('INVALID_AT_RISK_SHARE', 'atRiskShare: must lie between 0 and 1.');
  }
  for (const [i, target] of targets.entries()) {
    const field = `targets[${i}]`;
    try {
      expectTarget(target.target);
    } catch (error) {
      throw refused(error, `${field}.`);
    }
    if (targets.slice(0, i).some((other) => isFor(other, target.metric, target.type, target.priority))) {
      throw new Rejection('DOUBLE_TARGET', `${field}: another target has the same metric, type and priority.`);
    }
    const rival = rivalOf(target, targets);
    if (rival !== undefined) {
      const ticket = `a ${String(rival.type)} of priority ${String(target.priority)}`;
      throw new Rejection(
        'AMBIGUOUS_TARGETS',
        `${field}: for ${ticket} neither it nor targets[${targets.indexOf(rival)}] is more specific; add a target for both.`,
      );
    }
  }
}

const isFor = (target: PlanTarget, metric: string, type: string | undefined, priority: string | undefined) =>
  target.metric === metric && target.type === type && target.priority === priority;

/** For a target by priority alone: one by type alone that fits the same tickets, where none is for both. */
function rivalOf({ metric, type, priority }: PlanTarget, targets: readonly PlanTarget[]): PlanTarget | undefined {
  if (type !== undefined || priority === undefined) return undefined;
  return targets.find(
    (other) =>
      other.metric === metric &&
      other.type !== undefined &&
      other.priority === undefined &&
      !targets.some((pair) => isFor(pair, metric, other.type, priority)),
  );
}

/** What is wrong with a calendar or a target, as a refusal that names the field. */
export const refused = (error: unknown, path = ''): unknown =>
  error instanceof InvalidCalendar ? new Rejection(error.code, `${path}${error.field}: ${error.message}`) : error;
