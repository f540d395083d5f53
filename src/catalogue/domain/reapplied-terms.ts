import {
  arePinnedAlike,
  calendarsOf,
  isOlder,
  type PinnedVersions,
  type VersionRef,
} from '../../clocks/pinned-versions.js';

/** Why clocks are recalculated under other versions: somebody asked, or a revision applies to open tickets. */
export const reapplications = ['reapplied', 'planRevised', 'calendarRevised'] as const;
export type Reapplication = (typeof reapplications)[number];

/**
 * The versions that govern what was under others before; the same object where they stay. A revision reaches only what is
 * under an older version of its plan or calendar, and one of a plan brings no newer version of the same calendar with it.
 */
export function reappliedTerms(before: PinnedVersions, anew: PinnedVersions, because: Reapplication): PinnedVersions {
  switch (because) {
    case 'reapplied':
      return arePinnedAlike(before, anew) ? before : anew;
    case 'planRevised':
      if (!isOlder(before.plan, anew.plan)) return before;
      return { plan: anew.plan, ...eachCalendar(anew, (ref) => known(before, ref) ?? ref) };
    case 'calendarRevised': {
      const revised = anew.calendar;
      if (!calendarsOf(before).some((ref) => isOlder(ref, revised))) return before;
      return { plan: before.plan, ...eachCalendar(before, (ref) => (isOlder(ref, revised) ? revised : ref)) };
    }
  }
}

const known = (pinned: PinnedVersions, { code }: VersionRef) => calendarsOf(pinned).find((ref) => ref.code === code);

const eachCalendar = ({ calendar, targetCalendars }: PinnedVersions, of: (ref: VersionRef) => VersionRef) => ({
  calendar: of(calendar),
  ...(targetCalendars === undefined ? {} : { targetCalendars: targetCalendars.map(of) }),
});
