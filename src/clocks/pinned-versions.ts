/** A version of something, by code. Versions are never edited. */
export interface VersionRef {
  readonly code: string;
  readonly version: number;
}

/** The versions that govern what a fact starts, as they were in force when it occurred. */
export interface PinnedVersions {
  readonly plan: VersionRef;
  /** What time is counted in, but for targets that name a calendar of their own. */
  readonly calendar: VersionRef;
  /** The calendars that targets of the plan name; left out where none does. */
  readonly targetCalendars?: readonly VersionRef[];
}

export const isSameVersion = (a: VersionRef, b: VersionRef) => a.code === b.code && a.version === b.version;

export function arePinnedAlike(a: PinnedVersions, b: PinnedVersions): boolean {
  const [own, others] = [a.targetCalendars ?? [], b.targetCalendars ?? []];
  return (
    isSameVersion(a.plan, b.plan) &&
    isSameVersion(a.calendar, b.calendar) &&
    own.length === others.length &&
    own.every((ref, i) => others[i] !== undefined && isSameVersion(ref, others[i]))
  );
}

/** Whether a version is older than another of the same plan or calendar. */
export const isOlder = (a: VersionRef, b: VersionRef) => a.code === b.code && a.version < b.version;

/** Every calendar that is pinned. */
export const calendarsOf = ({ calendar, targetCalendars = [] }: PinnedVersions): readonly VersionRef[] => [
  calendar,
  ...targetCalendars,
];

/**
 * The versions that a target's time is counted under.
 * @param own the code of the calendar that the target names; undefined where it names none
 */
export function countedUnder(pinned: PinnedVersions, own: string | undefined): PinnedVersions {
  const { plan, calendar, targetCalendars } = pinned;
  if (targetCalendars === undefined) return pinned;
  return { plan, calendar: targetCalendars.find(({ code }) => code === own) ?? calendar };
}
