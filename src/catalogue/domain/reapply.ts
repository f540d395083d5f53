import { type Terms, type VersionRef } from './plan.js';

/** Why clocks are laid out anew under other versions: somebody asked, or a revision applies to open tickets. */
export const reapplications = ['reapplied', 'planRevised', 'calendarRevised'] as const;
export type Reapplication = (typeof reapplications)[number];

/**
 * The versions that govern what was under others before; the same object where they stay. A revision reaches only what is
 * under an older version of its plan or calendar, and one of a plan brings no newer version of the same calendar with it.
 */
export function reappliedTerms(before: Terms, anew: Terms, because: Reapplication): Terms {
  switch (because) {
    case 'reapplied':
      return areSameTerms(before, anew) ? before : anew;
    case 'planRevised':
      if (!isOlder(before.plan, anew.plan)) return before;
      return {
        plan: anew.plan,
        calendar: before.calendar.code === anew.calendar.code ? before.calendar : anew.calendar,
      };
    case 'calendarRevised':
      return isOlder(before.calendar, anew.calendar) ? { ...before, calendar: anew.calendar } : before;
  }
}

export const isSameVersion = (a: VersionRef, b: VersionRef) => a.code === b.code && a.version === b.version;
export const areSameTerms = (a: Terms, b: Terms) =>
  isSameVersion(a.plan, b.plan) && isSameVersion(a.calendar, b.calendar);
/** Whether a version is older than another of the same plan or calendar. */
export const isOlder = (a: VersionRef, b: VersionRef) => a.code === b.code && a.version < b.version;
