import { type Instant } from '../../business-time/calendar.js';
import { inTurns } from '../../event-sourcing/yield-to-event-loop.js';
import { type CalendarHistory } from '../domain/calendar-decider.js';
import { type Customer, type CustomerHistory } from '../domain/customer-decider.js';
import { differences } from '../domain/difference.js';
import { type NamedCalendar } from '../domain/catalogue-events.js';
import { type Change, type History, inForce } from '../domain/version-history.js';
import { eachMetric, type Plan } from '../domain/plan.js';
import { type PlanHistory, retiredFrom, versionsOf } from '../domain/plan-decider.js';
import { builtInWords } from '../domain/built-in-words.js';
import { type KeptWord, type WordList, type Words, wordIn } from '../domain/words.js';
import { wordKey } from '../../parsing/word.js';
import { type CalendarType, type CatalogueChangeType, type CustomerType, type PlanType } from './catalogue.types.js';
import { type WordType } from './word.types.js';

/** Which version of something: the one in force at an instant, or a number. */
export interface Which {
  readonly at: Instant;
  readonly version?: number | null | undefined;
}

function pick<Content>(history: History<Content>, { at, version }: Which): Change<Content> | undefined {
  return version == null ? inForce(history, at) : history.find((change) => change.version === version);
}

/** A plan as of an instant or a version; undefined where it has no such one. */
export function planAs(history: PlanHistory, which: Which): PlanType | undefined {
  const change = pick<Plan>(versionsOf(history), which);
  return change === undefined ? undefined : toPlanType(history, change);
}

/** A calendar as of an instant or a version; undefined where it has no such one. */
export function calendarAs(history: CalendarHistory, which: Which): CalendarType | undefined {
  const change = pick<NamedCalendar>(history, which);
  return change === undefined ? undefined : toCalendarType(history, change);
}

/** A customer as of an instant; undefined where nobody had enrolled it by then. */
export function customerAs(history: CustomerHistory, which: Which): CustomerType | undefined {
  const change = pick<Customer>(history, which);
  return change === undefined ? undefined : toCustomerType(history, change);
}

export const toPlanType = (history: PlanHistory, { content, version, effectiveFrom }: Change<Plan>): PlanType => ({
  ...content,
  ...{ version, effectiveFrom, retiredFrom: retiredFrom(history) ?? null },
  pauses: eachMetric((metric) => content.pauses[metric] ?? []),
  get history() {
    return toChanges(history);
  },
});

export const toCalendarType = (history: CalendarHistory, change: Change<NamedCalendar>): CalendarType => {
  const { content, version, effectiveFrom } = change;
  const { timeZone } = content.definition;
  return {
    ...content,
    ...{ version, effectiveFrom, timeZone },
    get history() {
      return toChanges(history);
    },
  };
};

export const toCustomerType = (history: CustomerHistory, change: Change<Customer>): CustomerType => {
  const { customer: id, ...content } = change.content;
  const { effectiveFrom } = change;
  return {
    ...content,
    ...{ id, effectiveFrom },
    get history() {
      return toChanges(history);
    },
  };
};

/** A customer of whom nothing is recorded itself. */
export const noEnrolment: Omit<CustomerType, 'id'> = {
  ...{ name: null, plan: null, calendar: null, effectiveFrom: null },
  history: Promise.resolve([]),
};

export function toWordType({ word, history }: KeptWord): WordType {
  const builtIn = wordIn(builtInWords, word.list, word.code);
  return {
    ...word,
    isBuiltIn: builtIn !== undefined,
    get history() {
      return toChanges(history, builtIn);
    },
  };
}

/** A word of a list, in whatever case it was said; undefined where the list lacks it. */
export function wordAs(words: Words, list: WordList, code: string): WordType | undefined {
  const kept = words[list].get(wordKey(code));
  return kept === undefined ? undefined : toWordType(kept);
}

/**
 * What each version changed, found for who asks, and in turns: a calendar may be long, and have many versions. `first` is what
 * there was before anything was recorded of it.
 */
async function toChanges(history: History<unknown>, first?: unknown): Promise<readonly CatalogueChangeType[]> {
  const changes: CatalogueChangeType[] = [];
  let before = first;
  await inTurns(history, (change) => {
    const { content, ...said } = change;
    changes.push({ ...said, changes: before === undefined ? [] : differences(before, content) });
    before = content;
  });
  return changes;
}
