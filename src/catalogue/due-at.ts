import { type Instant, type Span, type Target } from '../business-time/calendar.js';
import { type Deadline, layOutTarget } from '../business-time/deadline.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { type Catalogue } from './catalogue.js';
import { refused } from './domain/expect-sound-plan.js';
import { type Metric, type Plan, type PlanTarget } from './domain/plan.js';
import { countedUnder, type VersionRef } from '../clocks/pinned-versions.js';
import { type Classification, targetOf } from './domain/promise.js';
import { UnknownWord } from './domain/unknown-word.js';
import { wordIn, wordLists } from './domain/words.js';

/** What would be due when? Under a calendar by itself, or under the plan named, else the customer's, else the default. */
export interface DueQuestion extends Classification {
  readonly from: Instant;
  readonly calendar: string | null;
  readonly plan: string | null;
  readonly customer: string | null;
  /** Null: what the plan promises for the metric. */
  readonly target: Target | null;
  readonly metric: Metric;
  readonly pauses: readonly Span[];
}

export interface DueAnswer extends Deadline {
  readonly from: Instant;
  readonly target: Target;
  readonly calendar: VersionRef;
  /** Null where the question was about a calendar by itself. */
  readonly plan: VersionRef | null;
  readonly timeZone: string;
}

/**
 * Lays out what a ticket opened at an instant would be promised, and says by which versions.
 * @throws Rejection `UNKNOWN_TYPE`, `UNKNOWN_CHANNEL`, `UNKNOWN_PRIORITY`, `PLAN_NOT_FOUND`, `CALENDAR_NOT_FOUND`, `NO_PROMISE`, `INVALID_TARGET`, `NO_OPENING`, `OUT_OF_RANGE`
 */
export async function whatIsDue(catalogue: Catalogue, asked: DueQuestion): Promise<DueAnswer> {
  const question = { ...asked, ...(await inDesksWords(catalogue, asked)) };
  const { from, pauses } = question;
  const byItself = question.calendar === null ? null : await catalogue.calendarInForce(question.calendar, from);
  const terms =
    byItself === null ? (await catalogue.pinnedVersions(question.customer ?? '', question.plan))(from) : null;
  const promise = question.target === null ? promised(terms && catalogue.plan(terms.plan), question) : null;
  const ref = byItself ?? (terms && countedUnder(terms, promise?.calendar).calendar);
  const target = question.target ?? promise?.target;
  if (ref === null || target === undefined) throw new Error('a question is about a calendar or a plan');
  const calendar = catalogue.calendar(ref);
  try {
    const deadline = layOutTarget(calendar, from, target, pauses);
    return { ...deadline, from, target, calendar: ref, plan: terms?.plan ?? null, timeZone: calendar.timeZone };
  } catch (error) {
    throw refused(error);
  }
}

/** Of what class a ticket is, as the catalogue spells it; of a retired word it may be, for tickets have those. */
async function inDesksWords(catalogue: Catalogue, { from, ...question }: DueQuestion): Promise<Classification> {
  const words = await catalogue.words();
  const spelled = wordLists.map((list) => {
    const word = wordIn(words, list, question[list]);
    if (word === undefined) throw new UnknownWord(list, question[list], words, from);
    return [list, word.code] as const;
  });
  return { ...question, ...(Object.fromEntries(spelled) as { [List in keyof Classification]: string }) };
}

function promised(plan: Plan | null, question: DueQuestion): PlanTarget {
  if (plan === null) throw new Rejection('NO_PROMISE', 'A calendar has no promises; give a target or a plan.');
  const promise = targetOf(plan, question.metric, question);
  if (promise !== undefined) return promise;
  const { metric, type, channel, priority } = question;
  const ticket = `${type} of priority ${priority} by ${channel}`;
  throw new Rejection('NO_PROMISE', `Plan ${plan.code} promises no ${metric} for a ${ticket}.`);
}
